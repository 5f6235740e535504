import { readCredential } from '../../config/credentials.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import { serverOrigin } from './origin.js';

/**
 * The token for a server: that of SWITCHBACK_TOKEN, else the sign-in that was kept for this very server. One that was
 * meant for another server is never given.
 */
export async function tokenFor(origin: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { SWITCHBACK_TOKEN: given, SWITCHBACK_URL: of } = env;
  // The two variables belong together: a token beside the address of another server is not for this one.
  if (given && (!of || serverOrigin(of) === origin)) return given.trim();
  const kept = await readCredential(env, origin);
  if (!kept) return undefined;
  if (kept.expires === undefined || Date.parse(kept.expires) > Date.now()) return kept.token;
  throw new Refusal(
    `the sign-in at ${origin}`,
    `ended ${kept.expires}`,
    `switchback login --server ${origin}`,
  );
}
