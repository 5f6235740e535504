import { isRefusal, rootMessage } from '../../../activities/temporal/failures.js';
import type { Check, Examined, Finding, Verdict } from './check.js';
import { configuration } from './configuration.js';
import { locks } from './locks.js';
import { records } from './records.js';
import { rollouts } from './rollouts.js';
import { sentinel } from './sentinel.js';
import { server } from './server.js';
import { slack } from './slack.js';
import { speed } from './speed.js';
import { workers } from './workers.js';

/** Every check, in the order in which they are shown: what the others rest on comes first. */
export const checks: readonly Check[] = [
  server,
  speed,
  workers,
  locks,
  sentinel,
  rollouts,
  configuration,
  records,
  slack,
];

/** What one check found. */
export interface Examination extends Pick<Check, 'name' | 'looksAt'> {
  /** The worst of its findings. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** Looks at everything. A check that cannot look has failed, and keeps no other from looking. */
export async function examine(examined: Examined): Promise<readonly Examination[]> {
  return Promise.all(
    checks.map(async ({ name, looksAt, look }) => {
      const findings = await look(examined).catch((error: unknown) => [couldNotLook(error)]);
      return { name, looksAt, verdict: worst(findings), findings };
    }),
  );
}

/** The worst verdict; `ok` of none. */
export function worst(all: readonly { readonly verdict: Verdict }[]): Verdict {
  const verdicts = all.map(({ verdict }) => verdict);
  return verdicts.includes('fail') ? 'fail' : verdicts.includes('warn') ? 'warn' : 'ok';
}

function couldNotLook(error: unknown): Finding {
  if (error instanceof Error && isRefusal(error)) {
    return { verdict: 'fail', found: error.message, fix: 'fix that, and look again' };
  }
  return { verdict: 'fail', found: `it could not be looked at: ${rootMessage(error)}`, fix: 'look again' };
}
