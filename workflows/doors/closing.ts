import { CancellationScope, condition } from '@temporalio/workflow';
import { createAlarm, dueWithin } from '../sdk/alarm.js';
import { now } from '../sdk/turns.js';
import type { Judging } from './judging.js';

/** Milliseconds after which whoever waits is heard again: something else keeps the run from ending. */
const patience = 20_000;
/** Milliseconds until it is tried again. */
const pause = 5_000;

/** Closes the doors of a run that is about to end, but not for long. */
export interface Closing {
  /** Whether they are closed now. */
  begin(): boolean;
  end(): void;
}

/**
 * A run that has taken all the signals that the server lets it have hears nothing any more: when it could not end in time,
 * it wakes by itself to try again.
 */
export function openClosing(judging: Judging): Closing {
  const alarm = createAlarm();
  let notBefore = 0;
  const ring = () => {
    alarm.set(undefined);
    if (!judging.closing) return;
    judging.closing = false;
    notBefore = now() + pause;
    alarm.set(notBefore);
  };
  const watch = async () => {
    for (;;) {
      await condition(() => alarm.rang);
      // Whoever rests may have looked first, and begun anew.
      if (alarm.rang) ring();
    }
  };
  void CancellationScope.nonCancellable(watch);
  return {
    begin() {
      if (!judging.closing && now() >= notBefore) {
        judging.closing = true;
        alarm.set(now() + patience);
      }
      return judging.closing;
    },
    end() {
      if (judging.closing) alarm.set(undefined);
      judging.closing = false;
    },
  };
}

/** Closes the doors until nothing is under way; when that takes long, it hears everybody in between. */
export async function untilClosed(judging: Judging, idle: () => boolean): Promise<void> {
  for (;;) {
    judging.closing = true;
    await dueWithin(patience, idle);
    if (idle()) return;
    judging.closing = false;
    await dueWithin(pause, () => false);
  }
}
