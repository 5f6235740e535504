import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { silenceOf, type ScheduledDrills, type Silence } from '../../../src/drill/silence.js';
import { isRefusal } from '../../../src/engine/base/errors.js';
import type { Notice } from '../../../src/engine/state/values.js';
import { scheduleParts } from '../../../src/protocol/drill.js';

const lookEvery = 60_000;
/** Looks in a row without an answer after which somebody is called. */
const callAfter = 10;
/** Someone who was called and did not come is called again. */
const callAgainAfter = 86_400_000;

/** What a worker looks after drills with. */
export interface DrillWatch {
  readonly client: Client;
  /** The drill environment. */
  readonly drills: string;
  /** When the newest drill of a runbook came to its end, in milliseconds since the epoch. */
  drilledAt(runbook: string): Promise<number | undefined>;
  notify(notice: Notice): Promise<unknown>;
  /** Fires when the worker ends. */
  readonly signal: AbortSignal;
  /** Milliseconds; a minute when absent. */
  readonly every?: number;
}

/**
 * Looks again and again whether drills come that should come by themselves, and calls someone when nothing is heard of them.
 * Workers do, and not only those of the drill environment: neither a schedule nor a worker that is gone tells of itself.
 */
export async function watchDrills(watch: DrillWatch): Promise<void> {
  const { signal, every = lookEvery, notify } = watch;
  const called = new Map<string, { readonly is: Silence['is']; readonly at: number }>();
  let failed = 0;
  for (; !signal.aborted; await sleep(every, undefined, { signal }).catch(() => undefined)) {
    // What does not answer now is looked at again, and somebody is called when it goes on.
    const schedules = await schedulesOf(watch).then(
      (found) => {
        failed = 0;
        return found;
      },
      async (error: unknown) => {
        failed += 1;
        if (failed === callAfter) await notify(unseen(watch, error)).catch(() => (failed -= 1));
        return [];
      },
    );
    for (const scheduled of schedules) {
      const silence = silenceOf(scheduled, Date.now());
      const before = called.get(scheduled.schedule);
      if (silence === undefined) called.delete(scheduled.schedule);
      if (silence === undefined || isCalled(before, silence)) continue;
      const { is, text } = silence;
      const told = await notify({ rollout: scheduled.schedule, urgency: 'incident', text }).then(
        () => true,
        () => false,
      );
      if (told) called.set(scheduled.schedule, { is, at: performance.now() });
    }
  }
}

function unseen({ drills }: DrillWatch, error: unknown): Notice {
  const reason = error instanceof Error ? error.message : String(error);
  const text = `nobody can tell whether drills come in ${drills}: ${reason}. Look at Temporal, and at its records`;
  return { rollout: `drill/${drills}`, urgency: 'incident', text };
}

/** The same trouble is the same call, for as long as somebody may be on the way. */
function isCalled(
  before: { readonly is: Silence['is']; readonly at: number } | undefined,
  { is }: Silence,
): boolean {
  return before?.is === is && performance.now() - before.at <= callAgainAfter;
}

async function schedulesOf({ client, drills, drilledAt }: DrillWatch): Promise<ScheduledDrills[]> {
  const found: ScheduledDrills[] = [];
  for await (const { scheduleId } of client.schedule.list()) {
    const parts = scheduleParts(scheduleId);
    if (parts?.environment !== drills) continue;
    const { runbook, environment } = parts;
    const { state, info, spec } = await client.schedule.getHandle(scheduleId).describe();
    const [first, second] = info.nextActionTimes;
    const every = spec.intervals?.[0]?.every;
    const between = first && second ? second.getTime() - first.getTime() : undefined;
    const interval = every ?? between;
    if (interval === undefined && !state.paused) continue;
    const last = await drilledAt(runbook).catch(reasonOf);
    found.push({
      schedule: scheduleId,
      environment,
      runbook,
      paused: state.paused,
      ...(state.note && { note: state.note }),
      interval: interval ?? 0,
      createdAt: info.createdAt.getTime(),
      ...(typeof last === 'number' && { drilledAt: last }),
      ...(typeof last === 'string' && { unreadable: last }),
    });
  }
  return found;
}

/** A record that was edited stays so, and must not keep anybody from hearing of the drills. Whatever else may pass. */
function reasonOf(error: unknown): string {
  if (isRefusal(error)) return error.message;
  throw error;
}
