import { rootMessage } from '../../../activities/temporal/failures.js';
import type { Credential } from '../../config/credentials.js';
import { print, type Context, type OutputOptions, type Register } from '../context.js';
import { originOf, type ApiOptions } from '../api-origin.js';
import { withApi, withOutput } from '../options.js';

/** `switchback logout`: forgets the sign-in at an API, and has its issuer take it back. */
export const registerLogout: Register = (program, context) => {
  withApi(withOutput(program.command('logout')))
    .description('forget the sign-in at an API, and have its issuer take it back if it offers that')
    .action((options: ApiOptions & OutputOptions) => logout(options, context));
};

async function logout(options: ApiOptions & OutputOptions, context: Context): Promise<void> {
  const { io } = context;
  const server = originOf(options, io.env);
  const { forgetCredential } = await import('../../config/credentials.js');
  // First of all: it is gone from this machine whatever its issuer answers.
  const credential = await forgetCredential(io.env, server);
  const revoked = credential !== undefined && (await takenBack(credential, context));
  const forgotten = credential !== undefined;
  const also = revoked ? `, and at ${credential.issuer}` : '';
  const text = forgotten ? `signed out of ${server}${also}` : `nobody was signed in at ${server}`;
  print(context, options, { server, forgotten, revoked }, text);
}

async function takenBack(credential: Credential, { io }: Context): Promise<boolean> {
  const { revoke } = await import('../../client/http/revoke.js');
  try {
    return await revoke(credential);
  } catch (error) {
    const until = credential.expires === undefined ? '' : ` It counts until ${credential.expires}.`;
    io.stderr.write(`its issuer did not take it back: ${rootMessage(error)}.${until}\n`);
    return false;
  }
}
