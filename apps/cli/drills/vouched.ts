import type { Command } from 'commander';
import { userInfo } from 'node:os';
import type { LoadedPlan } from '../../config/plan-file.js';
import { apiOf } from '../../client/reach.js';
import type { Context } from '../context.js';

/** `--server` of a drill, which runs by Temporal all the same. */
export function withVouching(command: Command): Command {
  return command.option(
    '--server <url>',
    'the API of the environment whose gate is to believe the drill: it signs who wants it; else SWITCHBACK_URL',
  );
}

/** A drill that somebody wants. */
interface Wanted extends LoadedPlan {
  readonly environment: string;
  readonly timeScale: number;
  readonly points: readonly string[];
}

/** Who starts a drill; signed by a door where one is named. Without, only local environments believe what it finds. */
export async function vouchedBy(
  { environment, plan, digest, timeScale, points }: Wanted,
  { server, as }: { readonly server?: string; readonly as?: string },
  { env }: Pick<Context['io'], 'env'>,
): Promise<{ readonly startedBy: string; readonly signed?: string }> {
  const api = apiOf({ server, env });
  if (api === undefined) return { startedBy: as ?? userInfo().username };
  const { signedOver } = await import('../../client/http/drills.js');
  const { startedBy, signed } = await signedOver(
    { server: api, as, env },
    {
      runbook: plan.runbook,
      params: plan.params,
      digest,
      environment,
      timeScale,
      ...(points.length > 0 && { points: [...points] }),
    },
  );
  return { startedBy, signed };
}
