import { InvalidArgumentError } from 'commander';
import { defaultConfigFile } from '../../config/default-file.js';
import type { Register, ServerOptions } from '../context.js';
import { withWorkersServer } from '../options.js';

interface ApiOptions extends ServerOptions {
  readonly env: string;
  readonly config: string;
  readonly port: number;
  readonly host: string;
  readonly hostName: readonly string[];
}

/** `switchback api`: an environment over HTTP. */
export const registerApi: Register = (program, { io }) => {
  withWorkersServer(program.command('api'))
    .description('serve an environment over HTTP until SIGINT or SIGTERM; its document is at /openapi.json')
    .requiredOption('--env <name>', 'the environment')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .option('--port <n>', 'the port to listen at; 0 for any that is free', port, 8080)
    .option('--host <address>', 'the address to listen at', '127.0.0.1')
    .option(
      '--host-name <name>',
      'a name under which requests may come, beside this machine; may be repeated',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .action(async ({ env: environment, hostName: hostNames, ...options }: ApiOptions) => {
      const { runApi } = await import('../../api/run-api.js');
      const log = (line: string) => void io.stderr.write(`${line}\n`);
      await runApi({ environment, hostNames, env: io.env, log, ...options });
    });
};

function port(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new InvalidArgumentError('Use a whole number from 0 to 65535.');
}
