import type { Kind } from '../../src/protocol/kind.js';
import { migrateRecords } from '../../activities/records/migrations/migrate.js';
import { openRecords, type Records } from '../../activities/records/records.js';
import { freshDatabaseOn } from './fresh-database.js';
import { query } from './query.js';

/** Records in a database of their own. */
export interface FreshRecords extends Records {
  readonly url: string;
  /** Other connections to the same records, as another worker has them; closed with these. */
  again(): Records;
  /** What somebody does to them past the store. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Makes records on a server that is named by a superuser's URL; `close` drops them. */
export async function freshRecordsOn(
  server: string,
  environment: string,
  kind: Kind = 'local',
): Promise<FreshRecords> {
  const { url, drop } = await freshDatabaseOn(server);
  await migrateRecords(url, { environment, kind });
  const opened = [openRecords(url)];
  return {
    ...opened[0]!,
    url,
    again() {
      const other = openRecords(url);
      opened.push(other);
      return other;
    },
    query: (text, values = []) => query(url, text, values),
    async close() {
      await Promise.all(opened.map((records) => records.close()));
      await drop();
    },
  };
}
