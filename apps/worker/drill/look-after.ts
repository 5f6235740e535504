import type { Client } from '@temporalio/client';
import { openPool } from '../../../activities/records/database.js';
import { drillStore, type DrillStore } from '../../../activities/records/drills.js';
import type { Records } from '../../../activities/records/records.js';
import type { Notice } from '../../../src/engine/state/values.js';
import { environmentOf, readConfiguration, recordsUrlOf, type Environment } from '../../config/config.js';
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
  const drills = environment.policy?.drill?.environment;
  if (drills === undefined) return;
  const url = recordsUrlOf(environmentOf(await readConfiguration(config), drills));
  if (url === undefined) return;
  const pool = openPool(url, 1);
  try {
    await watchDrills({ ...rounds, drills, drilledAt: newestIn(drillStore(pool)) });
  } finally {
    await pool.end();
  }
}

function newestIn(drills: Pick<DrillStore, 'list'>) {
  return async (runbook: string) => (await drills.list(runbook))[0]?.endedAt;
}
