import { print, type OutputOptions, type Register } from '../context.js';
import { originOf, type ApiOptions } from '../api-origin.js';
import { withApi, withOutput } from '../options.js';

/** `switchback logout`: forgets the sign-in at an API. */
export const registerLogout: Register = (program, context) => {
  withApi(withOutput(program.command('logout')))
    .description('forget the sign-in at an API; the token itself counts until it expires')
    .action(async (options: ApiOptions & OutputOptions) => {
      const { io } = context;
      const server = originOf(options, io.env);
      const { forgetCredential } = await import('../../config/credentials.js');
      const forgotten = await forgetCredential(io.env, server);
      const text = forgotten ? `signed out of ${server}` : `nobody was signed in at ${server}`;
      print(context, options, { server, forgotten }, text);
    });
};
