import { ScheduleAlreadyRunning, ScheduleNotFoundError, type ScheduleHandle } from '@temporalio/client';
import { translate } from '../../activities/temporal/failures.js';
import type { DrillInput } from '../../src/drill/workflow.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { drillType, scheduleIdOf, scheduleParts } from '../../src/protocol/drill.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';
import type { ConnectOptions } from './connect.js';
import { answerWithin } from './connected.js';
import { openConnection } from './open-connection.js';
import { findServer } from './server.js';

/** When drills are started: so often, or at the times of a cron expression in UTC. */
export type Recurrence = { readonly every: number } | { readonly cron: string };

/** A schedule of drills, as people see it. Times in milliseconds since the epoch. */
export interface DrillSchedule {
  /** `drill/<environment>/<runbook>`: one for each runbook. */
  readonly schedule: string;
  readonly environment: string;
  readonly runbook: string;
  readonly recurrence: Recurrence;
  readonly paused: boolean;
  /** Why it is paused, or was resumed. */
  readonly note?: string;
  readonly next?: number;
  /** When it last started a drill, and which. */
  readonly last?: { readonly at: number; readonly drill?: string };
}

/** Starts drills again and again, by Temporal's own schedules. */
export interface DrillSchedules {
  /** Throws `Refusal` when there is one already, or when its times never come. */
  create(recurrence: Recurrence, input: Omit<DrillInput, 'format'>): Promise<DrillSchedule>;
  /** Of all environments of the namespace. */
  list(): Promise<readonly DrillSchedule[]>;
  pause(schedule: string, note: string): Promise<void>;
  resume(schedule: string, note: string): Promise<void>;
  /** Starts a drill now; does nothing while one of it runs. */
  trigger(schedule: string): Promise<void>;
  delete(schedule: string): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds; a drill that was missed for longer is not caught up with: the next one comes. */
const catchupWindow = 10 * 60_000;
/** At most so much later than asked for, so that not all schedules of a namespace start at once; milliseconds. */
const longestJitter = 5 * 60_000;

/** What a schedule's memo says. */
interface Memo {
  readonly recurrence?: Recurrence;
}

/** Schedules by Temporal, where that is found. */
export async function connectDrillSchedules({ address, env }: ConnectOptions = {}): Promise<DrillSchedules> {
  const { client, calls, name } = await openConnection(await findServer(address, env ?? process.env));
  const on = async <T>(schedule: string, work: (handle: ScheduleHandle) => Promise<T>): Promise<T> => {
    try {
      return await calls.make(answerWithin, () => work(client.schedule.getHandle(schedule)));
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw translate(error, name);
      throw new Refusal(`schedule ${schedule}`, 'does not exist', 'see: switchback drill schedule list');
    }
  };

  return {
    async create(recurrence, input) {
      const { environment, plan } = input;
      const schedule = scheduleIdOf(environment, plan.runbook);
      const memo: Memo = { recurrence };
      const options = {
        scheduleId: schedule,
        spec: { ...specOf(recurrence), jitter: jitterOf(recurrence) },
        action: {
          type: 'startWorkflow' as const,
          workflowType: drillType,
          // The server adds the time to it.
          workflowId: schedule,
          taskQueue: taskQueueOf(environment),
          args: [{ format: 1, ...input } satisfies DrillInput],
          staticSummary: `drills ${plan.runbook} at each of its points`,
        },
        policies: { overlap: 'SKIP' as const, catchupWindow, pauseOnFailure: true },
        memo: { ...memo },
      };
      const handle = await calls
        .make(answerWithin, () => client.schedule.create(options))
        .catch((error: unknown) => {
          throw refusalOf(schedule, recurrence, error) ?? translate(error, name);
        });
      const { info, state } = await handle.describe();
      const [next] = info.nextActionTimes;
      if (next === undefined) {
        await handle.delete();
        throw neverFires(recurrence);
      }
      return {
        schedule,
        environment,
        runbook: plan.runbook,
        recurrence,
        paused: state.paused,
        next: next.getTime(),
      };
    },

    async list() {
      const found: DrillSchedule[] = [];
      for await (const { scheduleId, memo, state, info } of client.schedule.list()) {
        const parts = scheduleParts(scheduleId);
        if (!parts) continue;
        const { recurrence = { cron: '' } } = (memo ?? {}) as Memo;
        const last = info.recentActions.at(-1);
        const [next] = info.nextActionTimes;
        found.push({
          schedule: scheduleId,
          ...parts,
          recurrence,
          paused: state.paused,
          ...(state.note && { note: state.note }),
          ...(next && { next: next.getTime() }),
          ...(last && { last: { at: last.takenAt.getTime(), drill: last.action.workflow.workflowId } }),
        });
      }
      return found.sort((a, b) => (a.schedule < b.schedule ? -1 : 1));
    },

    pause: (schedule, note) => on(schedule, (handle) => handle.pause(note)),
    resume: (schedule, note) => on(schedule, (handle) => handle.unpause(note)),
    trigger: (schedule) => on(schedule, (handle) => handle.trigger('SKIP')),
    delete: (schedule) => on(schedule, (handle) => handle.delete()),
    close: () => calls.close(),
  };
}

function specOf(recurrence: Recurrence) {
  return 'every' in recurrence
    ? { intervals: [{ every: recurrence.every }] }
    : { cronExpressions: [recurrence.cron] };
}

/** A tenth of the time between two drills, where that is known. */
function jitterOf(recurrence: Recurrence): number {
  return 'every' in recurrence ? Math.min(longestJitter, Math.round(recurrence.every / 10)) : longestJitter;
}

function refusalOf(schedule: string, recurrence: Recurrence, error: unknown): Refusal | undefined {
  if (error instanceof ScheduleAlreadyRunning) {
    const fix = `delete it first: switchback drill schedule delete ${schedule}`;
    return new Refusal(`schedule ${schedule}`, 'exists already', fix);
  }
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const said = cause instanceof Error ? `${message} ${cause.message}` : message;
  if ('cron' in recurrence && /cron|schedule spec|invalid/i.test(said)) {
    return new Refusal(
      `cron ${recurrence.cron}`,
      'is none',
      'write five fields, such as "0 4 * * 1", in UTC',
    );
  }
  return undefined;
}

function neverFires(recurrence: Recurrence): Refusal {
  const what = 'cron' in recurrence ? `cron ${recurrence.cron}` : 'the schedule';
  return new Refusal(what, 'never comes: no drill would ever start', 'give days that there are');
}
