import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '../../activities/records/database.js';
import { delegationStore, type DelegationStore } from '../../activities/records/delegations.js';
import { rootMessage, Unreachable } from '../../activities/temporal/failures.js';
import { recordsUrlOf, type Environment } from '../config/config.js';
import { standingDelegations, type StandingDelegation } from '../config/identity/standing-delegations.js';

/** Milliseconds: nobody's list is kept waiting for longer by records that are away. */
const listedWithin = 3_000;

/** Who answers gates for whom. */
export interface Delegations {
  /** All that are not over. Throws `Unreachable` when the records do not answer. */
  standing(): Promise<readonly StandingDelegation[]>;
  /** As many of them as are known within seconds: without the records those that the configuration makes. */
  known(): Promise<readonly StandingDelegation[]>;
}

/** @param store where people's own are kept; absent where they cannot make any, because nobody signs */
export function delegationsOf(
  name: string,
  environment: () => Pick<Environment, 'delegations' | 'identity'>,
  store?: DelegationStore,
): Delegations {
  const decisions = async () => (await store?.decisions(name)) ?? [];
  const including = (made: Awaited<ReturnType<typeof decisions>>) =>
    standingDelegations(name, environment(), made, Date.now());
  return {
    async standing() {
      const made = await decisions().catch((error: unknown) => {
        throw new Unreachable(`the records of ${name} cannot be read: ${rootMessage(error)}`);
      });
      return including(made);
    },
    async known() {
      const late = sleep(listedWithin, [], { ref: false });
      return including(await Promise.race([decisions().catch(() => []), late]));
    },
  };
}

/** Those of an environment as its records have them; connects when somebody asks. */
export function openDelegations(
  name: string,
  first: Environment,
  environment: () => Environment,
): Delegations & { close(): Promise<void> } {
  const url = first.kind === 'shared' ? recordsUrlOf(first) : undefined;
  const pool = url === undefined ? undefined : openPool(url, 1);
  const store = pool && delegationStore(pool);
  return {
    ...delegationsOf(name, environment, store),
    async close() {
      await pool?.end();
    },
  };
}
