import type { Credential } from '../../config/credentials.js';
import type { SignInPlace } from '../../client/http/device-flow.js';
import { Refusal } from '../../client/client.js';
import { print, type Context, type OutputOptions, type Register } from '../context.js';
import { Interrupted } from '../interruption.js';
import { withApi, withOutput } from '../options.js';
import { originOf, type ApiOptions } from '../api-origin.js';

interface LoginOptions extends ApiOptions, OutputOptions {
  readonly issuer?: string;
}

/** `switchback login`: signs in at an API, for as long as the issuer says. */
export const registerLogin: Register = (program, context) => {
  withApi(withOutput(program.command('login')))
    .description(
      'sign in at an API in a browser, here or on another machine; the token is kept for that server alone',
    )
    .option('--issuer <url>', 'where to sign in, if the server names several places')
    .action((options: LoginOptions) => login(options, context));
};

async function login(options: LoginOptions, context: Context): Promise<void> {
  const { io } = context;
  const origin = originOf(options, io.env);
  const { Transport } = await import('../../client/http/transport.js');
  const { environment, issuers } = await new Transport({ origin, headers: {} }).get<SignIn>('/v1/sign-in');
  const place = chosen(issuers, options.issuer, origin);
  const credential = await signInHere(place, context);
  const headers = { authorization: `Bearer ${credential.token}` };
  // Nothing is kept that the server does not know: it would only fail later, and further away.
  const { name } = await new Transport({ origin, headers }).get<{ name: string }>('/v1/whoami');
  const { credentialsFile, keepCredential } = await import('../../config/credentials.js');
  await keepCredential(io.env, origin, credential);
  const { expires } = credential;
  const value = { server: origin, environment, name, issuer: place.issuer, ...(expires && { expires }) };
  const until = expires === undefined ? '' : ` until ${expires}`;
  const text = `signed in at ${origin} (${environment}) as ${name}${until}\nkept in ${credentialsFile(io.env)}`;
  print(context, options, value, text);
}

interface SignIn {
  readonly environment: string;
  readonly issuers: readonly SignInPlace[];
}

function chosen(places: readonly SignInPlace[], wanted: string | undefined, origin: string): SignInPlace {
  const known = places.map(({ issuer }) => issuer);
  const [first] = wanted === undefined ? places : places.filter(({ issuer }) => issuer === wanted);
  if (first && (wanted !== undefined || places.length === 1)) return first;
  if (known.length === 0) {
    const fix = 'give an API token as SWITCHBACK_TOKEN';
    throw new Refusal(`a sign-in at ${origin}`, 'is not offered by it', fix);
  }
  const rule = wanted === undefined ? 'is possible in several places' : `is not possible at ${wanted}`;
  throw new Refusal(`a sign-in at ${origin}`, rule, `name one with --issuer: ${known.join(', ')}`);
}

/** Shows what to do in a browser, and waits until it is done. */
async function signInHere(place: SignInPlace, { io }: Context): Promise<Credential> {
  const { signIn } = await import('../../client/http/device-flow.js');
  const stop = new AbortController();
  const release = io.onInterrupt(() => stop.abort());
  try {
    return await signIn(
      place,
      ({ url, code, whole = url }) =>
        void io.stderr.write(`open ${whole}\nand compare the code: ${code}\nwaiting; Ctrl-C gives up\n`),
      stop.signal,
    );
  } catch (error) {
    if (stop.signal.aborted) throw new Interrupted('nobody was signed in');
    throw error;
  } finally {
    release();
  }
}
