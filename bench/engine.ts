import type { Client, WorkflowHandle } from '@temporalio/client';
import { against, type Figure } from './figures.js';
import type { Scale } from './options.js';
import { actsOnly, environment, type Digested } from './plans.js';
import { startRollout } from './rollouts.js';
import type { Stage } from './stage.js';
import { median } from './statistics.js';
import { taskQueueOf } from '../src/protocol/task-queue.js';

const sizes = [10, 50];
/** The design's goal for the engine beside a workflow without it. */
const goal = 1.1;
const mostWarmUps = 2;

interface Ran {
  /** Milliseconds from the call that starts it to its result. */
  readonly wall: number;
  readonly events: number;
  /** How often each activity was scheduled. */
  readonly activities: Readonly<Record<string, number>>;
}

/** The same acts by the engine and by a workflow written by hand, in turns: wall time and events of history. */
export async function benchEngine(stage: Stage, { rollouts = 30 }: Scale): Promise<Figure[]> {
  const { client, say } = stage;
  const worker = await stage.worker();
  await worker.ask({ type: 'start' });
  const warmUps = Math.min(mostWarmUps, rollouts);
  const figures: Figure[] = [];
  for (const size of sizes) {
    const digested = actsOnly(size);
    const ours: Ran[] = [];
    const byHand: Ran[] = [];
    for (let turn = -warmUps; turn < rollouts; turn++) {
      const key = `${size}-${turn + warmUps}`;
      const engine = () => ran(client, () => startRollout(client, key, digested));
      const hand = () => ran(client, () => startByHand(client, key, digested));
      // Who comes second finds warmer caches: they take turns.
      const [first, second] = turn % 2 === 0 ? [engine, hand] : [hand, engine];
      const pair = [await first(), await second()];
      const [mine, other] = (turn % 2 === 0 ? pair : pair.reverse()) as [Ran, Ran];
      requireSameActivities(mine, other);
      if (turn < 0) continue;
      ours.push(mine);
      byHand.push(other);
    }
    say(`${size} acts: ${JSON.stringify(ours.at(-1)?.activities)}`);
    const middle = (runs: readonly Ran[], what: 'wall' | 'events') => median(runs.map((run) => run[what]));
    figures.push(
      against(`${size} acts, wall time, median, ms`, middle(ours, 'wall'), middle(byHand, 'wall'), goal),
      against(`${size} acts, history events`, middle(ours, 'events'), middle(byHand, 'events'), goal),
    );
  }
  return figures;
}

function startByHand(client: Client, key: string, { plan, digest }: Digested): Promise<WorkflowHandle> {
  return client.workflow.start('rolloutByHand', {
    workflowId: `by-hand/${key}`,
    taskQueue: taskQueueOf(environment),
    args: [plan, digest],
  });
}

async function ran(client: Client, start: () => Promise<WorkflowHandle>): Promise<Ran> {
  const began = performance.now();
  const handle = await start();
  await handle.result();
  const wall = performance.now() - began;
  const { events } = await client.workflow.getHandle(handle.workflowId).fetchHistory();
  const activities: Record<string, number> = {};
  for (const event of events ?? []) {
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (name) activities[name] = (activities[name] ?? 0) + 1;
  }
  return { wall, events: events?.length ?? 0, activities };
}

/**
 * A comparison of different work would say nothing. How often the journal leaves is the engine's own affair: what it
 * does more often than once counts as its overhead.
 */
function requireSameActivities(ours: Ran, byHand: Ran): void {
  const essential = ({ activities }: Ran) =>
    Object.entries(activities)
      .filter(([name]) => name !== 'exportJournal')
      .map(([name, times]) => `${times} x ${name}`)
      .sort((a, b) => a.localeCompare(b))
      .join(', ');
  if (essential(ours) === essential(byHand)) return;
  throw new Error(
    `the engine performs ${essential(ours)}, the workflow by hand ${essential(byHand)}: nothing can be compared`,
  );
}
