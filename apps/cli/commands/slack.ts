import { InvalidArgumentError } from 'commander';
import { defaultConfigFile } from '../../config/default-file.js';
import type { Register, ServerOptions } from '../context.js';
import { withWorkersServer } from '../options.js';

interface SlackCommandOptions extends ServerOptions {
  readonly env: string;
  readonly config: string;
  readonly port: number;
  readonly host: string;
  readonly socket?: true;
}

/** `switchback slack`: people of an environment are asked in Slack. */
export const registerSlack: Register = (program, { io }) => {
  withWorkersServer(program.command('slack'))
    .description('ask people in Slack, and take their clicks, until SIGINT or SIGTERM; see docs/slack.md')
    .requiredOption('--env <name>', 'the environment, a shared one')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .option('--port <n>', 'the port to take clicks at; 0 for any that is free', port, 3000)
    .option('--host <address>', 'the address to take clicks at', '127.0.0.1')
    .option('--socket', 'take clicks by Socket Mode instead: nothing has to be reachable from outside')
    .action(async ({ env: environment, port, host, socket, ...options }: SlackCommandOptions) => {
      const { runSlack } = await import('../../slack/run-slack.js');
      const log = (line: string) => void io.stderr.write(`${line}\n`);
      const receive = socket ? 'socket' : { host, port };
      await runSlack({ environment, receive, env: io.env, log, ...options });
    });
};

function port(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new InvalidArgumentError('Use a whole number from 0 to 65535.');
}
