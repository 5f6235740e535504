import { condition, defineSignal, getExternalWorkflowHandle } from '@temporalio/workflow';
import type { LockAnswer } from '../../src/engine/state/values.js';
import { dueWithin } from '../sdk/alarm.js';
import { isGone } from '../sdk/gone.js';
import { rolloutNames } from '../../src/protocol/rollout.js';

const lock = defineSignal<[LockAnswer]>(rolloutNames.lock);

/** The server allows 2,000 signals to other workflows in flight. */
const signalsAtOnce = 500;

/** Milliseconds between two tries. */
const firstPause = 500;
const longestPause = 16_000;

/** Answers on their way to rollouts: one at a time for each, so that none arrives before an older one. */
export interface Outbox {
  /** Replaces what is not on its way yet. Returns at once. */
  post(rollout: string, answer: LockAnswer): void;
  readonly idle: boolean;
}

/** @param gone is told of a rollout that could not be reached: its workflow has ended */
export function openOutbox(gone: (rollout: string) => void): Outbox {
  const unsent = new Map<string, LockAnswer>();
  const sending = new Set<string>();

  async function send(rollout: string, answer: LockAnswer): Promise<void> {
    for (let pause = firstPause; ; pause *= 2) {
      try {
        // By its id alone: a run that was reset, or that went on in a new one, is the one to hear it.
        return await getExternalWorkflowHandle(rollout).signal(lock, answer);
      } catch (error) {
        if (isGone(error)) return gone(rollout);
        // A run that takes no more signals goes on in a new one soon. It asks by itself, too, if that takes too long.
        if (pause > longestPause || unsent.has(rollout)) return;
        await dueWithin(pause, () => false);
      }
    }
  }
  const next = () => {
    if (sending.size >= signalsAtOnce) return undefined;
    for (const [rollout, answer] of unsent) if (!sending.has(rollout)) return { rollout, answer };
    return undefined;
  };
  void (async () => {
    for (;;) {
      await condition(() => next() !== undefined);
      for (let post = next(); post; post = next()) {
        const { rollout, answer } = post;
        unsent.delete(rollout);
        sending.add(rollout);
        void send(rollout, answer).finally(() => sending.delete(rollout));
      }
    }
  })();
  return {
    post: (rollout, answer) => void unsent.set(rollout, answer),
    get idle() {
      return unsent.size === 0 && sending.size === 0;
    },
  };
}
