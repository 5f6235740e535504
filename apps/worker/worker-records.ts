import { setTimeout as sleep } from 'node:timers/promises';
import { placeOf } from '../../activities/records/database.js';
import { migrateRecords, type Owner } from '../../activities/records/migrations/migrate.js';
import { openRecords, type Records } from '../../activities/records/records.js';
import { rootMessage } from '../../activities/temporal/failures.js';
import { isRefusal, Refusal } from '../../src/engine/base/errors.js';
import { recordsUrlOf, type Environment } from '../config/config.js';

const lookEvery = 5_000;

/** The records that a worker works with. */
export interface WorkerRecords {
  readonly records: Records;
  /** What tells them from any others; undefined as long as they could not be reached. */
  readonly mark: string | undefined;
  /** Safe to show. */
  readonly place: string;
  /** Ends when they are prepared, or when `signal` fires. Throws `Refusal` when they turn out to be somebody else's. */
  prepared(signal: AbortSignal): Promise<void>;
}

/**
 * Opens the records of a worker and brings them to the schema of this build. A worker starts also when they cannot be
 * reached, for what takes back must not wait for them, and tries again.
 *
 * @param served the url of the PostgreSQL that serves the directory, when the configuration names one
 * @throws Refusal when they are another environment's
 */
export async function openWorkerRecords(
  name: string,
  environment: Environment,
  served: string | undefined,
  tell: (text: string) => void,
): Promise<WorkerRecords> {
  const url = recordsUrlOf(environment) ?? served;
  if (url === undefined) {
    const rule = 'are in a directory, which nothing serves to this worker';
    throw new Refusal(`records of ${name}`, rule, 'start it with switchback worker, or give them a url');
  }
  const place = placeOf(url);
  const prepare = () => markOf(url, { environment: name, kind: environment.kind });
  const first = await prepare();
  if ('error' in first) {
    tell(
      `WARNING  the records at ${place} cannot be used: ${first.error}. ` +
        'This worker takes back what has to be, and lets nothing go forward until they can.',
    );
  }
  return {
    records: openRecords(url),
    mark: 'mark' in first ? first.mark : undefined,
    place,
    async prepared(signal) {
      for (let last = first; 'error' in last; last = await prepare()) {
        await sleep(lookEvery, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
      }
      if ('error' in first) tell(`the records at ${place} can be used again`);
    },
  };
}

/** Throws only what trying again cannot fix. */
async function markOf(url: string, owner: Owner): Promise<{ mark: string } | { error: string }> {
  try {
    const { mark } = await migrateRecords(url, owner);
    return { mark };
  } catch (error) {
    if (isRefusal(error)) throw error;
    return { error: rootMessage(error) };
  }
}
