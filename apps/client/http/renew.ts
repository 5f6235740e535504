import { withFileLock } from '../../../activities/files/lock.js';
import {
  credentialsFile,
  keepCredential,
  readCredential,
  type Credential,
} from '../../config/credentials.js';
import { credentialOf, discover, told } from './issuer.js';

/** Milliseconds: a token that ends on its way to the server is as good as one that has ended. */
const early = 10_000;

/** Whether a sign-in still counts, for as long as a request takes. */
export function stillCounts({ expires }: Credential): boolean {
  return expires === undefined || Date.parse(expires) - early > Date.now();
}

/**
 * Renews the sign-in for a server with what its issuer gave for that, and keeps it. One process at a time: an issuer takes
 * a refresh token once, and ends all that came of it when it is shown again.
 *
 * @returns undefined when it cannot be renewed
 * @throws Refusal when the issuer does not renew it any more; Unreachable when it does not answer
 */
export async function renewed(env: NodeJS.ProcessEnv, origin: string): Promise<Credential | undefined> {
  return withFileLock(credentialsFile(env), async () => {
    // Another process may have done it meanwhile.
    const kept = await readCredential(env, origin);
    if (!kept || stillCounts(kept)) return kept;
    const { issuer, clientId, resource, refresh } = kept;
    if (refresh === undefined || clientId === undefined) return undefined;
    try {
      const { oauth, found } = await discover(issuer, clientId);
      const tokens = await oauth.refreshTokenGrant(
        found,
        refresh,
        resource === undefined ? {} : { resource },
      );
      // An issuer that gives no other leaves the old one as it is.
      const credential = { refresh, ...credentialOf(tokens, { issuer, clientId, resource }) };
      await keepCredential(env, origin, credential);
      return credential;
    } catch (error) {
      throw told(error, issuer, `sign in again: switchback login --server ${origin}`);
    }
  });
}
