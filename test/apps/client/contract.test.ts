import { afterAll, beforeAll } from 'vitest';
import { startApi } from '../../../apps/api/api.js';
import type { Api } from '../../../apps/api/options.js';
import { connect } from '../../../apps/client/connect.js';
import { connectToApi } from '../../../apps/client/http/connect-to-api.js';
import type { RolloutClient } from '../../../apps/client/client.js';
import { startEnvironment, type TestEnvironment } from '../cli/environment.js';
import { scratch } from '../cli/plans.js';
import { clientContract } from './contract.js';

const people = { ana: ['team-one'], ben: ['sre'], carl: ['support'] };
let environment: TestEnvironment;
let api: Api;
let temporal: RolloutClient;
const overHttp = new Map<string, RolloutClient>();
let files: Awaited<ReturnType<typeof scratch>>;

beforeAll(async () => {
  files = await scratch();
  environment = await startEnvironment();
  const { name, address, configured } = environment;
  const config = await files.write('switchback.config.json', {
    environments: { [name]: { ...configured, people, operators: ['sre'] } },
  });
  const rate = { burst: 10_000, perSecond: 10_000 };
  api = await startApi({
    environment: name,
    config,
    port: 0,
    address,
    env: {},
    rate,
    log: () => undefined,
  });
  temporal = await connect({ address, env: {} });
  for (const as of Object.keys(people)) {
    overHttp.set(as, await connectToApi({ server: api.url, as, env: { HOME: files.dir } }));
  }
});
afterAll(async () => {
  for (const client of overHttp.values()) await client.close();
  await temporal?.close();
  await api?.close();
  await environment?.stop();
  await files?.remove();
});

const given = { environment: () => environment.name };
clientContract('over Temporal', { ...given, as: () => temporal });
clientContract('over the API', {
  ...given,
  as: (person) => overHttp.get(person) as RolloutClient,
});
