import { condition, getExternalWorkflowHandle } from '@temporalio/workflow';
import type { LockAnswer } from '../../src/engine/ports.js';
import { lockSignal } from '../protocol.js';

/** The server allows 2,000 signals to other workflows in flight. */
const signalsAtOnce = 500;

/** Answers on their way to rollouts: one at a time for each, so that none arrives before an older one. */
export interface Mail {
  /** Replaces what is not on its way yet. Returns at once. */
  post(rollout: string, answer: LockAnswer): void;
  readonly idle: boolean;
}

/** @param gone is told of a rollout that could not be reached: its workflow has ended */
export function openMail(gone: (rollout: string) => void): Mail {
  const unsent = new Map<string, LockAnswer>();
  let sending = false;

  async function send(rollout: string, answer: LockAnswer): Promise<void> {
    try {
      // By its id alone: a run that was reset, or that went on in a new one, is the one to hear it.
      await getExternalWorkflowHandle(rollout).signal(lockSignal, answer);
    } catch {
      gone(rollout);
    }
  }
  void (async () => {
    for (;;) {
      await condition(() => unsent.size > 0);
      const batch = [...unsent].slice(0, signalsAtOnce);
      for (const [rollout] of batch) unsent.delete(rollout);
      sending = true;
      await Promise.all(batch.map(([rollout, answer]) => send(rollout, answer)));
      sending = false;
    }
  })();
  return {
    post: (rollout, answer) => void unsent.set(rollout, answer),
    get idle() {
      return unsent.size === 0 && !sending;
    },
  };
}
