import { defaultConfigFile } from '../../config/default-file.js';
import { print, type OutputOptions, type Register } from '../context.js';
import { withOutput } from '../options.js';
import { inWords, serve } from '../records-of.js';

interface MigrateOptions extends OutputOptions {
  readonly env: string;
  readonly config: string;
}

/** `switchback records migrate`: brings the records to the schema of this build; every worker does so when it starts. */
export const registerRecords: Register = (program, context) => {
  const records = program.command('records').description("the database of an environment's records");
  withOutput(records.command('migrate'))
    .description('bring the records to the schema of this build; safe while workers of an older build run')
    .requiredOption('--env <name>', 'the environment')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .action(async ({ env, config, ...options }: MigrateOptions) => {
      const { environmentOf, readConfiguration } = await import('../../config/config.js');
      const environment = environmentOf(await readConfiguration(config), env);
      const served = await serve(env, environment, context.io);
      const { migrateRecords } = await import('../../../activities/records/migrations/migrate.js');
      try {
        const owner = { environment: env, kind: environment.kind };
        const { applied } = await migrateRecords(served.url, owner).catch(async (error: unknown) => {
          throw await inWords(error, env, served.url);
        });
        const did = applied.length === 0 ? 'nothing to do' : `done: ${applied.join(', ')}`;
        print(context, options, { environment: env, applied }, `records of ${env}: ${did}`);
      } finally {
        await served.release();
      }
    });
};
