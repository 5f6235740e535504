import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import type { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocks } from '../../activities/temporal/start-locks.js';
import { locksNames, type Asking, type LocksInput } from '../../src/protocol/locks.js';
import type { LockAnswer } from '../../src/engine/state/values.js';
import { openStage, type Replayed, type Stage } from './turns/stage.js';
import { activitiesOfNobody } from './turns/world.js';
import { eventually } from '../support/eventually.js';

let today: Stage;
let unmarked: Stage;
beforeAll(async () => {
  today = await openStage();
  unmarked = await openStage('fixtures/unmarked');
});
afterAll(async () => {
  await today?.close();
  await unmarked?.close();
});

type HistoryEvent = NonNullable<History['events']>[number];

/** The environment's locks, and a worker that a deploy replaces. */
interface Environment {
  ask(rollout: string): Promise<LockAnswer | undefined>;
  end(rollout: string): Promise<void>;
  /** Waits until nothing is under way but timers. */
  rest(): Promise<void>;
  /** Waits until the timers have fired, too. */
  quietHour(): Promise<void>;
  deploy(): Promise<void>;
  replay(): Promise<Replayed>;
}

/** Every rollout that is looked at runs. */
const allRun = () => 0.5;

/** How often the locks look; an hour, and five minutes while somebody waits, in other words. */
const shortly: Partial<LocksInput> = { lookEvery: 1_000, lookAtAllEvery: 1_500 };

async function inEnvironment(stage: Stage, body: (environment: Environment) => Promise<void>): Promise<void> {
  const name = `quiet-${randomUUID().slice(0, 8)}`;
  const { args, ...options } = startLocks(name, name);
  const locks = await stage.client.workflow.start(locksNames.workflow, {
    ...options,
    args: [{ ...args[0], ...shortly }],
  });
  const activities = activitiesOfNobody(allRun);
  let worker: Worker;
  let ended: Promise<void> = Promise.resolve();
  const begin = async () => {
    worker = await stage.worker({ taskQueue: name, activities });
    ended = worker.run();
  };
  const stop = () => {
    worker.shutdown();
    return ended;
  };
  let askedAt = 0;
  await begin();
  try {
    await body({
      async ask(rollout) {
        const asking: Asking = {
          rollout,
          owner: 'o',
          scope: ['flag:a'],
          wait: true,
          askedAt: (askedAt += 1),
        };
        const [answer] = await locks.executeUpdate<LockAnswer[], [readonly Asking[]]>(locksNames.acquire, {
          args: [[asking]],
        });
        return answer;
      },
      end: (rollout) => locks.signal(locksNames.release, { rollout, askedAt: (askedAt += 1) }),
      rest: () => until(locks, underWay),
      quietHour: () => until(locks, [...underWay, timers]),
      async deploy() {
        await stop();
        await begin();
      },
      replay: () => stage.replay(locks.workflowId),
    });
  } finally {
    await locks.terminate();
    await stop();
  }
}

/** An event that begins something, and those that end it. */
type Begun = readonly [begins: keyof HistoryEvent, ...ends: (keyof HistoryEvent)[]];

const timers: Begun = [
  'timerStartedEventAttributes',
  'timerFiredEventAttributes',
  'timerCanceledEventAttributes',
];
const underWay: readonly Begun[] = [
  ['activityTaskScheduledEventAttributes', 'activityTaskCompletedEventAttributes'],
  ['workflowTaskScheduledEventAttributes', 'workflowTaskCompletedEventAttributes'],
];

/** Whatever began has ended. */
async function until(locks: WorkflowHandle, all: readonly Begun[]): Promise<void> {
  const isQuiet = async () => {
    const { events } = await locks.fetchHistory();
    const count = (name: keyof HistoryEvent) => (events ?? []).filter((event) => event[name]).length;
    return all.every(
      ([begins, ...ends]) => count(begins) === ends.map(count).reduce((sum, one) => sum + one),
    );
  };
  await eventually(async () => expect(await isQuiet()).toBe(true));
}

const histories: Record<string, (environment: Environment) => Promise<void>> = {
  async 'somebody waited'({ ask, end, rest, quietHour }) {
    await ask('q1');
    await ask('q2');
    await rest();
    await end('q2');
    await end('q1');
    await quietHour();
  },
  async 'nobody waited'({ ask, end, quietHour }) {
    await ask('q1');
    await end('q1');
    await quietHour();
  },
};

describe.each(Object.keys(histories))('a quiet hour after %s, and two deploys', (name) => {
  it('leave the locks of an environment what they are', () =>
    inEnvironment(today, async (environment) => {
      await histories[name]!(environment);
      await environment.deploy();
      expect(await environment.ask('q3')).toEqual({ status: 'granted' });
      await environment.deploy();
      expect(await environment.ask('q4')).toMatchObject({ status: 'queued' });
      expect((await environment.replay()).faults).toEqual([]);
    }));

  // Whatever comes between on a busy machine may leave an event where none was: then it is tried again.
  it('would be their end without the marks', async () => {
    for (let faults = ''; !/nondeterminism/i.test(faults);)
      await inEnvironment(unmarked, async (environment) => {
        await histories[name]!(environment);
        await environment.deploy();
        expect(await environment.ask('q3')).toEqual({ status: 'granted' });
        const replayed = await environment.replay();
        expect(replayed.marks).toBe(0);
        faults = replayed.faults.join();
      });
  });
});
