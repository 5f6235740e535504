import type { Current } from '../config/reread.js';
import type { DirectClient } from '../client/client.js';
import type { Delegations } from './delegations.js';
import type { Audit } from './audit.js';
import type { Identities } from './identity/identities.js';
import type { HttpMetrics } from './http-metrics.js';
import type { Runbooks } from './runbooks.js';
import type { Signer } from '../client/signing/signer.js';
import type { Buckets, Rate } from './limits/buckets.js';
import type { UnderWay } from './under-way.js';
import type { Streams } from './events/streams.js';

/** What the endpoints work with. */
export interface Door {
  readonly environment: string;
  /** The configuration, for those who look at it. */
  readonly config: string;
  readonly client: DirectClient;
  readonly identities: Identities;
  readonly runbooks: Runbooks;
  /** Vouches for what is decided; nobody has to in a local environment. */
  readonly signer?: Signer;
  readonly buckets: Buckets;
  /** What the configuration says, as it was read last. */
  readonly policy: {
    readonly last: Pick<Current, 'stale'> & {
      readonly environment: Pick<Current['environment'], 'identity'>;
    };
  };
  readonly delegations: Delegations;
  readonly underWay: UnderWay;
  readonly streams: Streams;
  readonly metrics: HttpMetrics;
  readonly audit: Audit;
  /** Of what nobody foresaw. */
  readonly log: (line: string) => void;
  /** Names under which requests may come, lower case, with their port; any port when it has none. */
  readonly hosts: readonly string[];
  /** Bytes of a body. */
  readonly mostBytes: number;
}

/** Of one token, or of one address without a valid one. */
export const usualRate: Rate = { burst: 200, perSecond: 50 };
