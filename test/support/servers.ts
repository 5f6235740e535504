import { inject } from 'vitest';
import { freshDatabaseOn, type FreshDatabase } from './fresh-database.js';

export type { FreshDatabase } from './fresh-database.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of the Temporal server of this run, with Switchback's search attributes. */
    temporalAddress: string;
    /** An executable of Temporal's CLI; of the same version as that server, when the run has started it. */
    temporalCli: string;
    /** A PostgreSQL superuser's URL. Tests use `freshDatabase()`, never the database of this URL. */
    postgresUrl: string;
  }
}

/** Makes an empty database with a name of its own on the server of this run. */
export function freshDatabase(): Promise<FreshDatabase> {
  return freshDatabaseOn(inject('postgresUrl'));
}
