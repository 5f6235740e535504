import { coversGate } from '../../src/engine/state/gate.js';
import { peopleIn } from '../../src/engine/state/people.js';
import type { Reported, RolloutSummary, WaitingFor } from './client.js';
import { whoIsAsked, type AskedAs } from './who-is-asked.js';

/** Rollouts that are asked at once: enough to be quick, too few to be felt. */
const concurrency = 8;

/**
 * Without the rollouts whose open gate somebody has approved already: it waits for others. And without those that ask
 * only people for whom they do not answer this gate. The server's list knows the groups that are asked, and neither the
 * gate nor who has answered, so the rollouts themselves are asked.
 *
 * @param asked those that wait for somebody by that name, for a group of theirs, or for somebody whose gates they answer
 * @param status a rollout's report. Of one that cannot tell now nothing is known: it stays, and no more are asked,
 *   because whoever looks at a list does not wait for workers that are away
 */
export async function stillAsking(
  asked: readonly RolloutSummary[],
  who: WaitingFor,
  status: (rollout: string) => Promise<Pick<Reported, 'status' | 'gate'>>,
): Promise<readonly RolloutSummary[]> {
  const answered = new Set<RolloutSummary>();
  const left = [...asked];
  const ask = async () => {
    for (let one = left.shift(); one; one = left.shift()) {
      const report = await status(one.rollout).catch(() => undefined);
      if (!report) left.length = 0;
      else if (!asks(report, who.name, whoIsAsked(one, who))) answered.add(one);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, ask));
  return asked.filter((one) => !answered.has(one));
}

/** @param asked as whom somebody could answer, by the groups that are asked */
function asks({ status, gate }: Pick<Reported, 'status' | 'gate'>, name: string, asked: readonly AskedAs[]) {
  // What holds or is stuck asks about something else, for which approvals of the gate are no answer, and no delegate.
  if (status !== 'waiting' || !gate) return asked.some(({ gates }) => gates === undefined);
  const { step, approvals } = gate;
  if (hasApproved(approvals, name)) return false;
  return asked.some(
    (one) => !hasApproved(approvals, one.name) && (one.gates === undefined || coversGate(one.gates, step)),
  );
}

/** Nobody counts twice: not for somebody else either, and not as a service of their own. */
function hasApproved(approvals: NonNullable<Reported['gate']>['approvals'], name: string): boolean {
  return (
    peopleIn(approvals).includes(name) || approvals.some((one) => [one.by, one.onBehalfOf].includes(name))
  );
}
