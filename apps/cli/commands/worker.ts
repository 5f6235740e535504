import { InvalidArgumentError } from 'commander';
import { defaultConfigFile } from '../../config/default-file.js';
import { workerSettings } from '../../worker/worker-settings.js';
import type { Register, ServerOptions } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import { serve } from '../records-of.js';
import { isSupervised, superviseThisCommand } from '../supervise.js';
import { withWorkersServer } from '../options.js';

interface WorkerOptions extends ServerOptions {
  readonly env: string;
  readonly config: string;
  readonly buildId?: string;
  readonly beside?: true;
  readonly cached: number;
}

/** `switchback worker`: does the work of one environment. */
export const registerWorker: Register = (program, context) => {
  const { io } = context;
  withWorkersServer(program.command('worker'))
    .description('run a worker of an environment until SIGINT or SIGTERM')
    .requiredOption('--env <name>', 'the environment')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .option(
      '--build-id <name>',
      'another name of the build (default: version and digest of the workflows)',
      buildId,
    )
    .option(
      '--beside',
      'leave new rollouts to the current build, if there is one, also when this one is newer',
    )
    .option(
      '--cached <n>',
      'workflows kept in memory; any other is replayed when something happens to it',
      cached,
      workerSettings.maxCachedWorkflows,
    )
    .action(async ({ env: environment, ...options }: WorkerOptions) => {
      const { environmentOf, readConfiguration } = await import('../../config/config.js');
      const configured = environmentOf(await readConfiguration(options.config), environment);
      // Drills kill it: that is how crashes are drilled.
      if (configured.kind === 'drill' && !isSupervised(io)) {
        context.exitCode = (await superviseThisCommand(io)) as ExitCode;
        return;
      }
      const { runWorker } = await import('../../worker/worker.js');
      const records = await serve(environment, configured, io);
      try {
        await runWorker({ environment, recordsUrl: records.url, ...options });
      } finally {
        await records.release();
      }
    });
};

function buildId(value: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(value)) return value;
  throw new InvalidArgumentError('Use letters, digits, dots, hyphens and underscores, at most 100.');
}

function cached(value: string): number {
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Use a whole number from 1 to 999999.');
}
