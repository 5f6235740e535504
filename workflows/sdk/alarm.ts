import { condition, sleep } from '@temporalio/workflow';
import { DetachedScope } from './detached.js';
import { now } from './turns.js';

/** A timer that is set again and again: each that is started and taken back costs two events of history. */
export interface Alarm {
  /** Sets it to a time in milliseconds since the epoch, or to none. The same time again changes nothing. */
  set(at: number | undefined): void;
  /** Whether its time has come. */
  readonly rang: boolean;
}

export function createAlarm(): Alarm {
  let present: { readonly at: number; readonly scope: DetachedScope } | undefined;
  let rang = false;
  return {
    set(at) {
      // It can ring before the workflow's clock is there: after a query, and when the server's clocks differ.
      const early = rang && at !== undefined && at > now();
      if (at === present?.at && !early) return;
      present?.scope.cancel();
      present = undefined;
      rang = false;
      if (at === undefined) return;
      const mine = { at, scope: new DetachedScope() };
      present = mine;
      const left = at - now();
      if (left <= 0) rang = true;
      else
        void mine.scope
          .run(() => sleep(left))
          .then(
            () => (rang ||= present === mine),
            () => undefined,
          );
    },
    get rang() {
      return rang;
    },
  };
}

/** Waits until `due`, at most so many milliseconds. */
export async function dueWithin(ms: number, due: () => boolean): Promise<void> {
  const alarm = createAlarm();
  alarm.set(now() + ms);
  await condition(() => alarm.rang || due());
  alarm.set(undefined);
}
