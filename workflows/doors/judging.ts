import { CancellationScope, condition } from '@temporalio/workflow';
import type { Deciding, DecisionQueue, Place } from '../../src/engine/decide/decision-queue.js';

/** What waits in a queue is judged turn by turn, as long as the workflow lives. */
export interface Judging {
  /** Whether the run is about to end: then only those are heard still who wait for an answer. */
  closing: boolean;
  /** Whether nothing is under way that would answer to this run. */
  readonly idle: boolean;
}

/** @param judge must not fail, and answers when every place of the turn is done */
export function judgeInTurn<R extends Deciding>(
  queue: DecisionQueue<R>,
  judge: (turn: readonly Place<R>[]) => Promise<void>,
): Judging {
  const judging = {
    closing: false,
    get idle() {
      return queue.rests && !queue.due(true);
    },
  };
  const judgeAll = async () => {
    for (;;) {
      await condition(() => queue.due(judging.closing));
      await judge(queue.take(judging.closing));
    }
  };
  // Also once the workflow is cancelled: then, too, people decide.
  void CancellationScope.nonCancellable(judgeAll);
  return judging;
}
