import { listen } from '../listen/attention.js';
import { confirmBaseline } from './confirm.js';
import { contestedUntil } from './contested.js';
import { exposingActs } from '../state/exposed.js';
import { raisedTarget } from '../listen/looks.js';
import type { Target } from '../plan/plan.js';
import type { Running } from '../state/ports.js';
import type { Run } from '../state/run.js';
import type { Unwinding } from '../state/state.js';
import { haltWhenAsked } from './halt-asked.js';
import { isVerified, readTarget, verifyTargets } from './verify.js';

/** What became of a rollback that had been verified once. */
export interface Stayed {
  readonly confirmed: boolean;
  /** Targets for which an operator gave up. */
  readonly unverified: readonly Target[];
}

/**
 * Reads exposure once more when everything else is over: somebody else may have raised it since it was verified. As long
 * as somebody does, it is written back, and nothing is called rolled back before a minute without them.
 */
export async function stayRestored(
  run: Run,
  unwinding: Unwinding,
  watching: Running<unknown> | undefined,
): Promise<Stayed> {
  const targets = exposingActs(run).map(({ target }) => target);
  let confirmed: boolean | undefined;
  for (;;) {
    await untilUncontested(run, unwinding);
    if (!raisedTarget(run)) confirmed ??= await confirmBaseline(run, watching);
    const contested = await contestedTargets(run, targets);
    if (contested.length === 0 && confirmed !== undefined) return { confirmed, unverified: [] };
    if (contested.length === 0) continue;
    delete unwinding.verifiedAt;
    for (const target of contested) delete unwinding.verified[target];
    await haltWhenAsked(run, `verify/${contested.join(', ')}`);
    const unverified = await verifyTargets(run, unwinding, contested);
    if (unverified.length > 0) return { confirmed: confirmed ?? false, unverified };
    unwinding.verifiedAt = run.effects.now();
  }
}

async function contestedTargets(run: Run, targets: readonly Target[]): Promise<Target[]> {
  const contested: Target[] = [];
  for (const target of targets) {
    const result = await readTarget(run, target);
    if (result && !isVerified(result)) contested.push(target);
  }
  return contested;
}

/** Whoever wrote it once may do so again: nothing is called done while they may. */
async function untilUncontested(run: Run, unwinding: Unwinding): Promise<void> {
  const { effects, state } = run;
  for (;;) {
    const until = contestedUntil(unwinding);
    if (until === undefined || effects.now() >= until || state.haltAsked || raisedTarget(run)) return;
    await listen(run, until);
  }
}
