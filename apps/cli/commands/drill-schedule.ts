import { Option, type Command } from 'commander';
import { userInfo } from 'node:os';
import { defaultConfigFile } from '../../config/default-file.js';
import type { DrillSchedule, DrillSchedules, Recurrence } from '../../client/drill-schedules.js';
import { formatDuration } from '../../../src/engine/base/duration.js';
import { print, type Context, type OutputOptions, type Register } from '../context.js';
import { defaultTimeScale, timeScale } from '../drills/time-scale.js';
import { vouchedBy, withVouching } from '../drills/vouched.js';
import { durationOption } from '../duration-option.js';
import { withOutput, withParams, withTemporal } from '../options.js';
import { parseParams } from '../params.js';
import { table } from '../table.js';
import { UsageError } from '../usage-error.js';
import { moment } from '../words.js';

interface PlaceOptions extends OutputOptions {
  readonly address?: string;
  readonly as?: string;
}

interface CreateOptions extends PlaceOptions {
  readonly env: string;
  readonly config: string;
  readonly server?: string;
  readonly param: string[];
  readonly every?: number;
  readonly cron?: string;
  readonly timeScale: number;
}

/** `switchback drill schedule`: drills that start by themselves, by Temporal's schedules. */
export const registerDrillSchedule: Register = (drill, context) => {
  const schedule = drill.command('schedule').description('drills that start by themselves, again and again');
  const placed = (name: string, description: string): Command =>
    withTemporal(withOutput(schedule.command(name)))
      .description(description)
      .option('--as <name>', 'who does this (default: whoever is logged in here)');
  withVouching(withParams(placed('create', 'have a runbook drilled again and again')))
    .argument('<runbook>', 'a runbook (.ts, .js), or a plan in JSON (.json)')
    .requiredOption('--env <name>', 'the drill environment')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .addOption(durationOption('--every <time>', 'how often, such as 7d').conflicts('cron'))
    .addOption(new Option('--cron <fields>', 'when, in UTC, such as "0 4 * * 1"'))
    .option('--time-scale <n>', 'as of drill run', timeScale, defaultTimeScale)
    .action((file: string, options: CreateOptions) => create(file, options, context));
  placed('list', 'show every schedule of drills, with its next and its last drill').action(
    (options: PlaceOptions) => list(options, context),
  );
  for (const [name, { description, work, done }] of Object.entries(verbs)) {
    placed(name, description)
      .argument('<schedule>', 'its id: drill/<environment>/<runbook>')
      .action(async (id: string, options: PlaceOptions) => {
        await withSchedules(options, context, (schedules) => work(schedules, id, by(options)));
        print(context, options, { schedule: id, done: name }, `${id} ${done}`);
      });
  }
};

const verbs: Readonly<
  Record<
    string,
    {
      readonly description: string;
      readonly done: string;
      work(schedules: DrillSchedules, id: string, who: string): Promise<void>;
    }
  >
> = {
  pause: {
    description: 'start no drill until it is resumed',
    done: 'is paused',
    work: (schedules, id, who) => schedules.pause(id, `paused by ${who}`),
  },
  resume: {
    description: 'start drills again, after a pause or a failed drill',
    done: 'starts drills again',
    work: (schedules, id, who) => schedules.resume(id, `resumed by ${who}`),
  },
  trigger: {
    description: 'start a drill now, unless one of it runs',
    done: 'starts a drill now',
    work: (schedules, id) => schedules.trigger(id),
  },
  delete: {
    description: 'start no drill any more; one that runs goes on',
    done: 'is gone',
    work: (schedules, id) => schedules.delete(id),
  },
};

async function create(file: string, options: CreateOptions, context: Context): Promise<void> {
  const recurrence = recurrenceOf(options);
  const { io } = context;
  const { requireDrillEnvironment } = await import('../drills/drill-environment.js');
  await requireDrillEnvironment(options.env, options.config, io.cwd);
  const { loadPlan } = await import('../../config/load-runbook.js');
  const { plan, digest } = await loadPlan(file, parseParams(options.param), io.cwd);
  const { pointsAsked } = await import('../../../src/drill/points-asked.js');
  pointsAsked(plan);
  const wanted = { environment: options.env, plan, digest, timeScale: options.timeScale, points: [] };
  const vouched = await vouchedBy(wanted, options, io);
  const made = await withSchedules(options, context, (schedules) =>
    schedules.create(recurrence, { ...wanted, ...vouched }),
  );
  const next = made.next === undefined ? 'never' : moment(made.next);
  print(context, options, made, `${made.schedule} drills ${inWords(recurrence)}, next at ${next}`);
}

async function list(options: PlaceOptions, context: Context): Promise<void> {
  const schedules = await withSchedules(options, context, (found) => found.list());
  const rows = schedules.map(rowOf);
  const text =
    rows.length > 0
      ? table(['schedule', 'drills', 'state', 'next', 'last'], rows)
      : 'there is none: switchback drill schedule create';
  print(context, options, { schedules }, text);
}

function rowOf({ schedule, recurrence, paused, note, next, last }: DrillSchedule): string[] {
  const state = paused ? `paused${note ? `: ${note}` : ''}` : 'active';
  const at = (time: number | undefined) => (time === undefined ? '' : moment(time));
  return [schedule, inWords(recurrence), state, at(next), at(last?.at)];
}

function recurrenceOf({ every, cron }: CreateOptions): Recurrence {
  if (every !== undefined) return { every };
  if (cron !== undefined) return { cron };
  throw new UsageError('say how often with --every, or when with --cron');
}

function inWords(recurrence: Recurrence): string {
  return 'every' in recurrence ? `every ${formatDuration(recurrence.every)}` : `at ${recurrence.cron} UTC`;
}

function by({ as }: PlaceOptions): string {
  return as ?? userInfo().username;
}

async function withSchedules<T>(
  { address }: PlaceOptions,
  { io }: Context,
  work: (schedules: DrillSchedules) => Promise<T>,
): Promise<T> {
  const { connectDrillSchedules } = await import('../../client/drill-schedules.js');
  const schedules = await connectDrillSchedules({ env: io.env, ...(address !== undefined && { address }) });
  try {
    return await work(schedules);
  } finally {
    await schedules.close();
  }
}
