import { makeDoorKey, openDoorKey, type DoorKey } from '../../../activities/identity/door-key.js';
import { sign } from '../../../activities/identity/sign.js';
import type { Bound, Claims } from '../../../src/identity/claims.js';
import { rights } from '../../../src/identity/rights.js';
import type { EnvironmentOptions } from '../rollouts.js';

/** A shared environment of tests, and the key of its one door. */
export interface SharedEnvironment {
  readonly options: EnvironmentOptions;
  /** Signs as the door; `more` changes what it says. */
  sign(bound: Bound, more?: Partial<Claims>): Promise<string>;
  /** Another key under the same name: what it signs is forged. */
  forge(bound: Bound): Promise<string>;
}

/** Ana and Ben may do all, Carl nothing of his own; Zoe has left. Secrets stand in variables, as they have to. */
export async function sharedEnvironment(): Promise<SharedEnvironment> {
  const [own, other] = await Promise.all([makeDoorKey('k1'), makeDoorKey('k1')]);
  const [key, forged] = await Promise.all([openDoorKey(own.secret), openDoorKey(other.secret)]);
  const signWith = (by: DoorKey, bound: Bound, more: Partial<Claims> = {}) => {
    const iat = Math.floor(Date.now() / 1_000);
    const vouched = { proof: 'token', via: 'api', submittedBy: bound.by, iat, exp: iat + 300 } as const;
    return sign({ id: bound.rollout, ...bound, ...vouched, ...more }, by);
  };
  const options: EnvironmentOptions = {
    kind: 'shared',
    configure: (environment, { url }) => {
      const name = new URL(url).pathname.slice(1);
      const kept = environment.records as { url: string };
      const secret = (variable: string, value: string) => {
        process.env[variable] = value;
        return { env: variable };
      };
      return {
        ...environment,
        kind: 'shared',
        people: {},
        principals: {
          ana: { kind: 'person', groups: ['team-checkout'] },
          ben: { kind: 'person', groups: ['sre'] },
          carl: { kind: 'person', groups: [] },
        },
        identity: {
          issuers: [],
          tokens: [],
          doors: { api: { keys: [{ kid: 'k1', x: own.x }], proofs: ['token'] } },
        },
        policy: {
          rights: rights.map((right) => ({ runbooks: '*', right, to: ['ana', 'ben'] })),
          gates: [],
          drill: 'off',
        },
        databases: { shop: { url: secret(`SHOP_URL_${name}`, url) } },
        records: { url: secret(`RECORDS_URL_${name}`, kept.url) },
      };
    },
  };
  return {
    options,
    sign: (bound, more) => signWith(key, bound, more),
    forge: (bound) => signWith(forged, bound),
  };
}
