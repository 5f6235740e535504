import { resolve } from 'node:path';
import { Refusal } from '../../src/engine/base/errors.js';
import { connect } from '../client/connect.js';
import { RereadEnvironment } from '../config/reread.js';
import { identitiesOf } from './identity/of-environment.js';
import type { Identities } from './identity/identities.js';
import type { Api, ApiOptions } from './options.js';
import { serve } from './serve.js';
import { signerOf } from '../client/signing/of-environment.js';

const loopback = '127.0.0.1';

/** A name proves nothing: where it is enough, no other machine may come in. */
function refuseOtherMachines({ environment, host = loopback }: ApiOptions, { byName }: Identities): void {
  if (!byName || host === loopback || host === '::1' || host === 'localhost') return;
  const rule = `is for other machines, and environment ${environment} takes people by their name`;
  throw new Refusal(`--host ${host}`, rule, 'leave it out, or make the environment a shared one');
}

/** Serves one environment over HTTP. Throws `Refusal` for a configuration that does not fit. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { environment, log, env = process.env, address, host = loopback } = options;
  const config = resolve(options.config);
  const policy = await RereadEnvironment.open(config, environment, log);
  const keptUp = policy.keepUp();
  try {
    const identities = identitiesOf(() => policy.last.environment);
    refuseOtherMachines(options, identities);
    const signer = await signerOf(environment, policy.last.environment);
    const client = await connect({ env, ...(address !== undefined && { address }) });
    return await serve(
      { ...options, config, host },
      { policy, keptUp, identities, client, ...(signer && { signer }) },
    );
  } catch (error) {
    keptUp();
    throw error;
  }
}
