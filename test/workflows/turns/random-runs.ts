import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import { below, seededRandom, type Random } from '../../../demo/load/random.js';
import type { Replayed, Stage } from './stage.js';
import { activitiesOfNobody, type Subscribed } from './world.js';

/** One thing that somebody does to a workflow. */
export type Deed = (
  handle: WorkflowHandle,
  world: { random: Random; subscribed: Subscribed },
) => Promise<unknown>;

/** What is done to a kind of workflow at random, and how one is started. */
export interface Kind {
  start(stage: Stage, taskQueue: string, workflowId: string, random: Random): Promise<WorkflowHandle>;
  readonly deeds: readonly Deed[];
}

/** How a worker forgets: it keeps nothing, or fewer workflows than there are, or ends and begins again. */
export type Forgetting = 'at once' | 'at random' | 'by restarts';

export interface RandomRun {
  readonly kinds: readonly Kind[];
  readonly seed: number;
  readonly forgetting: Forgetting;
  /** Workflows of each kind at a time. */
  readonly atOnce: number;
  /** How many things are done in the place of each workflow: to it, and to those that come when it has ended. */
  readonly deeds: number;
}

/** What came of a random run. */
export interface Fate extends Replayed {
  readonly workflows: number;
  readonly refused: number;
}

/** Does things at random to workflows whose worker forgets them, and replays every history. */
export async function runAtRandom(stage: Stage, run: RandomRun): Promise<Fate> {
  const { kinds, seed, atOnce, deeds } = run;
  const taskQueue = `random-${randomUUID().slice(0, 8)}`;
  const subscribed: Subscribed = new Map();
  const activities = activitiesOfNobody(seededRandom(seed), subscribed);
  const started: WorkflowHandle[] = [];
  let refused = 0;

  async function drive(kind: Kind, random: Random): Promise<void> {
    let handle: WorkflowHandle | undefined;
    for (let left = deeds; left > 0; left -= 1) {
      if (!handle) {
        handle = await kind.start(stage, taskQueue, `${taskQueue}/${randomUUID()}`, random);
        started.push(handle);
      }
      const deed = kind.deeds[below(random, kind.deeds.length)]!;
      // An answer may be lost with the worker that had it: nobody waits for it for good.
      const done = deed(handle, { random, subscribed }).catch((error: unknown) => {
        if (error instanceof WorkflowUpdateFailedError) refused += 1;
        if (error instanceof WorkflowNotFoundError) handle = undefined;
      });
      await Promise.race([done, sleep(5_000)]);
      await sleep(below(random, 150));
    }
  }
  const drivers = kinds.flatMap((kind, nth) =>
    Array.from({ length: atOnce }, (_, index) => () => drive(kind, seededRandom(seed + 100 * nth + index))),
  );
  await forgetfully(stage, { ...run, taskQueue, activities }, () =>
    Promise.all(drivers.map((begin) => begin())),
  );
  const fate = { workflows: started.length, refused, events: 0, marks: 0, faults: [] as string[] };
  for (const { workflowId } of started) {
    const { events, marks, faults } = await stage.replay(workflowId);
    fate.events += events;
    fate.marks += marks;
    fate.faults.push(...faults.map((fault) => `${workflowId}: ${fault}`));
  }
  await Promise.all(started.map((handle) => handle.terminate().catch(() => undefined)));
  return fate;
}

/** Runs a worker that forgets for as long as the body takes. */
async function forgetfully(
  stage: Stage,
  options: RandomRun & Pick<Parameters<Stage['worker']>[0], 'taskQueue' | 'activities'>,
  body: () => Promise<unknown>,
): Promise<void> {
  const { forgetting, taskQueue, activities = {}, seed, kinds, atOnce } = options;
  const random = seededRandom(seed);
  const few = Math.max(2, Math.floor((kinds.length * atOnce) / 3));
  const maxCachedWorkflows = { 'at once': 0, 'at random': few, 'by restarts': 100 }[forgetting];
  let over = false;
  const worked = (async () => {
    while (!over) {
      const worker: Worker = await stage.worker({ taskQueue, activities, maxCachedWorkflows });
      await worker.runUntil(async () => {
        const end = Date.now() + 800 + below(random, 2_000);
        while (!over && (forgetting !== 'by restarts' || Date.now() < end)) await sleep(20);
      });
    }
  })();
  try {
    await body();
  } finally {
    over = true;
    await worked;
  }
}
