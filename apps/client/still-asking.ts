import { peopleIn } from '../../src/engine/state/people.js';
import type { Reported, RolloutSummary } from './client.js';

/** Rollouts that are asked at once: enough to be quick, too few to be felt. */
const concurrency = 8;

/**
 * Without the rollouts whose open gate somebody has approved already: it waits for others. The server's list knows the
 * groups that are asked and not who has answered, so the rollouts themselves are asked.
 *
 * @param asked those that wait for somebody by that name, or for a group of theirs
 * @param status a rollout's report. Of one that cannot tell now nothing is known: it stays, and no more are asked,
 *   because whoever looks at a list does not wait for workers that are away
 */
export async function stillAsking(
  asked: readonly RolloutSummary[],
  name: string,
  status: (rollout: string) => Promise<Pick<Reported, 'status' | 'gate'>>,
): Promise<readonly RolloutSummary[]> {
  const answered = new Set<RolloutSummary>();
  const left = [...asked];
  const ask = async () => {
    for (let one = left.shift(); one; one = left.shift()) {
      const report = await status(one.rollout).catch(() => undefined);
      if (!report) left.length = 0;
      else if (hasApproved(report, name)) answered.add(one);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, ask));
  return asked.filter((one) => !answered.has(one));
}

/** Nobody counts twice: not for somebody else either, and not as a service of their own. */
function hasApproved({ status, gate }: Pick<Reported, 'status' | 'gate'>, name: string): boolean {
  // What holds or is stuck asks about something else, for which the gate's approvals are no answer.
  if (status !== 'waiting' || !gate) return false;
  const { approvals } = gate;
  return (
    peopleIn(approvals).includes(name) || approvals.some((one) => [one.by, one.onBehalfOf].includes(name))
  );
}
