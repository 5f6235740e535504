import type { Register, ServerOptions } from '../context.js';
import { withServer } from '../options.js';

interface WorkerOptions extends ServerOptions {
  readonly env: string;
  readonly config: string;
}

/** `switchback worker`: does the work of one environment. */
export const registerWorker: Register = (program) => {
  withServer(program.command('worker'))
    .description('run a worker of an environment until SIGINT or SIGTERM')
    .requiredOption('--env <name>', 'the environment')
    .option('--config <file>', 'the configuration', 'switchback.config.json')
    .action(async ({ env: environment, config, address }: WorkerOptions) => {
      const { runWorker } = await import('../../worker.js');
      await runWorker({ environment, config, ...(address !== undefined && { address }) });
    });
};
