import { healthOf } from '../../../activities/temporal/health.js';
import { locksId } from '../../../src/protocol/locks.js';
import { warn, type Check, type Examined, type Finding } from './check.js';
import { findingOf } from './health.js';

/** Whether the locks answer, and who holds one that nobody will release. */
export const locks: Check = {
  name: 'locks',
  looksAt: "the environment's locks: whether they are at work, stopped, or held by somebody who is gone",
  async look(examined) {
    const { client, environment } = examined;
    const id = locksId(environment);
    const health = await healthOf(client, id);
    const repair = `switchback repair locks --env ${environment}`;
    const finding = findingOf(id, health, repair);
    return health.state === 'well' ? [finding, ...(await tableFindings(examined))] : [finding];
  },
};

async function tableFindings({ locks: client, environment }: Examined): Promise<Finding[]> {
  const { stopped, holders } = await client.read(environment);
  const stop = stopped && [
    warn(
      `${environment} is stopped by ${stopped.by}: ${stopped.reason}`,
      `when it is over: switchback stop --env ${environment} --lift`,
    ),
  ];
  const orphans = holders.flatMap(({ rollout, orphaned }) =>
    orphaned === undefined
      ? []
      : [warn(`${rollout} was ${orphaned} and still holds its lock`, `switchback rescue ${rollout}`)],
  );
  return [...(stop ?? []), ...orphans];
}
