import type { Register } from '../context.js';

/** `switchback dev`: keeps a local stack up. */
export const registerDev: Register = (program, { io }) => {
  program
    .command('dev')
    .description('run a local stack (Temporal, PostgreSQL, the demo shop, a worker) until Ctrl-C')
    .option('--stop', 'stop the one that runs')
    .action(async ({ stop }: { readonly stop?: true }) => {
      const { runDev, stopDev } = await import('../../local/dev.js');
      const onProgress = (line: string) => void io.stderr.write(`${line}\n`);
      if (!stop) return runDev(onProgress);
      onProgress((await stopDev()) ? 'stopped' : 'no local stack runs');
    });
};
