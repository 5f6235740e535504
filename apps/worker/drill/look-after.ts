import type { Client } from '@temporalio/client';
import { openPool } from '../../../activities/records/database.js';
import { drillStore, type DrillStore } from '../../../activities/records/drills.js';
import type { Records } from '../../../activities/records/records.js';
import type { Notice } from '../../../src/engine/state/values.js';
import { isRefusal } from '../../../src/engine/base/errors.js';
import { drillPolicyOf, proversOf, type Provers } from '../../config/drill-policy.js';
import { readConfiguration, type Environment } from '../../config/config.js';
import { watchDrills } from './overdue.js';

/** A worker, as far as it looks after drills. */
interface Worker {
  readonly name: string;
  readonly environment: Environment;
  /** Path of the configuration file. */
  readonly config: string;
  readonly client: Client;
  readonly records: Pick<Records, 'drills'>;
  notify(notice: Notice): Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * Looks for as long as the worker runs whether drills come: of a drill environment its own, of a shared one those that its
 * policy asks for. Others have nothing to look after.
 */
export async function lookAfterDrills(worker: Worker): Promise<void> {
  const { name, environment, config, client, records, notify, signal } = worker;
  const rounds = { client, notify, signal };
  if (environment.kind === 'drill') {
    return watchDrills({ ...rounds, drills: name, drilledAt: newestIn(records.drills) });
  }
  const asked = drillPolicyOf(environment);
  if (asked === undefined) return;
  const provers = proversIn(await readConfiguration(config), asked);
  if (provers === undefined) return;
  const { environment: drills } = provers.policy;
  const pool = openPool(provers.records, 1);
  try {
    await watchDrills({ ...rounds, drills, drilledAt: newestIn(drillStore(pool)) });
  } finally {
    await pool.end();
  }
}

/** Where nobody can prove anything the gate says so: there is no schedule to wait for. */
function proversIn(...given: Parameters<typeof proversOf>): Provers | undefined {
  try {
    return proversOf(...given);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

function newestIn(drills: Pick<DrillStore, 'list'>) {
  return async (runbook: string) => (await drills.list(runbook))[0]?.endedAt;
}
