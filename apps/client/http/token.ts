import { readCredential } from '../../config/credentials.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import { renewed, stillCounts } from './renew.js';
import { serverOrigin } from './origin.js';

/**
 * The token for a server: that of SWITCHBACK_TOKEN, else the sign-in that was kept for this very server,
 * renewed when it ran out and its issuer gave something to renew it with. One that was
 * meant for another server is never given.
 */
export async function tokenFor(origin: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { SWITCHBACK_TOKEN: given, SWITCHBACK_URL: of } = env;
  // The two variables belong together: a token beside the address of another server is not for this one.
  if (given && (!of || serverOrigin(of) === origin)) return given.trim();
  const kept = await readCredential(env, origin);
  if (!kept || stillCounts(kept)) return kept?.token;
  const again = kept.refresh === undefined ? undefined : await renewed(env, origin);
  if (again) return again.token;
  throw new Refusal(
    `the sign-in at ${origin}`,
    `ended ${kept.expires}`,
    `switchback login --server ${origin}`,
  );
}
