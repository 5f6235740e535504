import { defaultConfigFile } from '../../config/default-file.js';
import { print, type Context, type OutputOptions, type Register } from '../context.js';
import { defaultTimeScale, timeScale } from '../drills/time-scale.js';
import { vouchedBy, withVouching } from '../drills/vouched.js';
import { exitCodes } from '../exit-codes.js';
import { withOutput, withParams, withTemporal } from '../options.js';
import { parseParams } from '../params.js';

interface RunOptions extends OutputOptions {
  readonly env: string;
  readonly config: string;
  readonly param: string[];
  readonly point: string[];
  readonly timeScale: number;
  readonly as?: string;
  readonly server?: string;
  readonly address?: string;
}

/** `switchback drill run`: fails a plan at each of its points in a drill environment, and looks whether it came back. */
export const registerDrillRun: Register = (drill, context) => {
  withVouching(withTemporal(withParams(withOutput(drill.command('run')))))
    .description('have a plan fail at each of its points in a drill environment, and see it come back')
    .argument('<runbook>', 'a runbook (.ts, .js), or a plan in JSON (.json)')
    .requiredOption('--env <name>', 'the drill environment')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .option('--as <name>', 'who starts it (default: whoever is logged in here; an API knows who asks)')
    .option(
      '--point <name>',
      'drill this point only, such as "backfill/shop.customer crash"; may be repeated',
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .option(
      '--time-scale <n>',
      'multiplies windows and minimum samples, above 0 and at most 1',
      timeScale,
      defaultTimeScale,
    )
    .action((file: string, options: RunOptions) => run(file, options, context));
};

async function run(file: string, options: RunOptions, context: Context): Promise<void> {
  const { io } = context;
  const { requireDrillEnvironment } = await import('../drills/drill-environment.js');
  await requireDrillEnvironment(options.env, options.config, io.cwd);
  const { loadPlan } = await import('../../config/load-runbook.js');
  const { plan, digest } = await loadPlan(file, parseParams(options.param), io.cwd);
  const { pointsAsked } = await import('../../../src/drill/points-asked.js');
  pointsAsked(plan, options.point);
  const wanted = {
    environment: options.env,
    plan,
    digest,
    timeScale: options.timeScale,
    points: options.point,
  };
  const vouched = await vouchedBy(wanted, options, io);
  const { connectDrills } = await import('../../client/drills.js');
  const { address } = options;
  const client = await connectDrills({ env: io.env, ...(address !== undefined && { address }) });
  try {
    const started = await client.start({ ...wanted, ...vouched });
    io.stderr.write(`drill ${started.drill}\n`);
    const { followDrill } = await import('../drills/follow.js');
    const record = await followDrill(client, started, context);
    if (record === 'detached') {
      context.exitCode = exitCodes.detached;
      io.stderr.write(`detached: ${started.drill} goes on; cancel it in Temporal to end it\n`);
      return;
    }
    const failed = record.points.filter(({ result }) => result === 'failed');
    if (failed.length > 0) context.exitCode = exitCodes.notCompleted;
    const { reportText } = await import('../drills/report-text.js');
    print(context, options, record, reportText(record, Date.now(), context.paint));
  } finally {
    await client.close();
  }
}
