import type { Client } from '@temporalio/client';
import type { Asking } from '../../src/protocol/locks.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { LockAnswer } from '../../src/engine/state/values.js';
import type { RolloutState } from '../../src/engine/state/state.js';
import { happenedTo, type Happened } from './happened.js';
import { healthOf } from './health.js';

/** The signal that brings an answer of the locks. It stands in histories. */
const lockSignal = 'lock';

/** What a rollout's workflow is started with, as far as it matters here. */
interface Started {
  readonly plan?: Plan;
  readonly state?: RolloutState;
}

/** The run of a rollout that no worker can make answer, however long one waits; undefined of any other. */
export async function cannotAnswer(client: Client, rollout: string): Promise<string | undefined> {
  const health = await healthOf(client, rollout);
  return health.state === 'paused' || health.state === 'broken' ? health.runId : undefined;
}

/** What a rollout holds, as its history says; undefined when it holds nothing, or only stands in line. */
export async function askingFromHistory(
  client: Client,
  rollout: string,
  runId: string,
): Promise<Asking | undefined> {
  return heldBy(rollout, await happenedTo(client, rollout, runId));
}

/** The same, from what happened to its run. */
export function heldBy(rollout: string, happened: readonly Happened[]): Asking | undefined {
  const [first] = happened;
  const { plan, state } = (first?.type === 'started' ? first.input : undefined) as Started;
  let asked = carried(rollout, plan, state, first?.at ?? 0);
  let granted = state?.lock?.status === 'granted';
  for (const event of happened) {
    if (event.type === 'called' && event.name === 'acquire') asked = askedWith(event.args[0], event.at);
    if (event.type === 'returned' && event.name === 'release') granted = false;
    granted = answerIn(event)?.status === 'granted' || granted;
  }
  return granted ? asked : undefined;
}

/** What the run before had, when this one has not asked itself. */
function carried(
  rollout: string,
  plan: Plan | undefined,
  state: RolloutState | undefined,
  askedAt: number,
): Asking | undefined {
  if (!plan || !state) return undefined;
  const { owner, scope } = plan;
  const reverts = state.reverts && { reverts: state.reverts.rollout };
  return { rollout, owner, scope, digest: state.digest, wait: true, askedAt, ...reverts };
}

function askedWith(given: unknown, askedAt: number): Asking {
  const { plan: _, holds: __, ...asking } = given as Omit<Asking, 'askedAt'> & { readonly plan?: Plan };
  return { ...asking, wait: true, askedAt };
}

function answerIn(event: Happened): LockAnswer | undefined {
  if (event.type === 'returned' && event.name === 'acquire') return event.result as LockAnswer;
  if (event.type === 'signalled' && event.name === lockSignal) return event.args[0] as LockAnswer;
  return undefined;
}
