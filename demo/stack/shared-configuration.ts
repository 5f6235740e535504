import { createToken } from '../../activities/identity/api-token.js';
import { makeDoorKey } from '../../activities/identity/door-key.js';
import type { Configuration } from '../../apps/config/config.js';
import { programOf } from '../../apps/local/child-process.js';

/** How the people of the demo come in. */
export interface DemoDoor {
  readonly url: string;
  readonly environment: string;
  /** By person; shown to nobody but the demo itself. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** An environment that people have to prove themselves in, and what its processes are given beside its file. */
interface Shared {
  readonly configuration: object;
  readonly environment: string;
  /** Variables that the file names: no secret stands in it. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly tokens: Readonly<Record<string, string>>;
}

const door = 'api';
const lasts = 24 * 3_600_000;

/** The environment of the demo's stack as one of kind `shared`: tokens, a policy, and a door that signs. */
export async function sharedConfiguration({ environments: { local } }: Configuration): Promise<Shared> {
  const { people = {}, databases = {}, records, ...same } = local ?? {};
  const key = await makeDoorKey('demo');
  const made = Object.keys(people).map((name) => [name, createToken()] as const);
  const expires = new Date(Date.now() + lasts).toISOString();
  const shared = {
    ...same,
    kind: 'shared',
    databases: { shop: { url: { env: 'DEMO_SHOP_URL' } } },
    records: { url: { env: 'DEMO_RECORDS_URL' } },
    principals: Object.fromEntries(
      Object.entries(people).map(([name, groups]) => [name, { kind: 'person', groups }]),
    ),
    policy: {
      rights: [
        { runbooks: '*', right: 'start', to: Object.keys(people) },
        { runbooks: '*', right: 'approve', to: ['team-checkout', 'sre'] },
      ],
    },
    identity: {
      tokens: made.map(([principal, { id, hash }]) => ({
        id,
        hash,
        principal,
        scopes: ['start', 'approve'],
        expires,
      })),
      doors: { [door]: { keys: [{ kid: key.kid, x: key.x }], proofs: ['token'] } },
    },
    door: { name: door, key: { env: 'DEMO_DOOR_KEY' } },
    runbooks: { 'split-customer-name': runbookFile() },
  };
  return {
    configuration: { environments: { shared } },
    environment: 'shared',
    secrets: {
      DEMO_SHOP_URL: textOf(databases['shop']?.url),
      DEMO_RECORDS_URL: textOf(typeof records === 'object' ? records.url : undefined),
      DEMO_DOOR_KEY: key.secret,
    },
    tokens: Object.fromEntries(made.map(([name, { token }]) => [name, token])),
  };
}

/** Source or built, as this very module. */
function runbookFile(): string {
  return programOf(new URL('../../runbooks/split-customer-name.js', import.meta.url)).file;
}

function textOf(url: unknown): string {
  if (typeof url === 'string') return url;
  throw new Error('the local configuration of the demo holds its addresses itself');
}
