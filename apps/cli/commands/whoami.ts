import type { Identity } from '../../client/http/sender.js';
import { print, type OutputOptions, type Register } from '../context.js';
import { originOf, type ApiOptions } from '../api-origin.js';
import { withApi, withOutput } from '../options.js';

/** `switchback whoami`: as whom an API knows whoever asks. */
export const registerWhoami: Register = (program, context) => {
  withApi(withOutput(program.command('whoami')))
    .description('say as whom an API knows you, in which groups, and by which proof')
    .action(async (options: ApiOptions & OutputOptions) => {
      const { env } = context.io;
      const server = originOf(options, env);
      const { remoteOf } = await import('../../client/http/connect-to-api.js');
      const { Transport } = await import('../../client/http/transport.js');
      const identity = await new Transport(await remoteOf({ server, env })).get<Identity>('/v1/whoami');
      print(context, options, { server, ...identity }, textOf(server, identity));
    });
};

function textOf(
  server: string,
  { name, kind, groups, proof, environment, scopes, expires }: Identity,
): string {
  return [
    `${name}, a ${kind} of environment ${environment} at ${server}`,
    `groups     ${groups.join(', ') || 'none'}`,
    `proof      ${proof}${expires === undefined ? '' : ` until ${expires}`}`,
    ...(scopes ? [`scopes     ${scopes.join(', ') || 'none'}`] : []),
  ].join('\n');
}
