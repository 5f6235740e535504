import type { Migration } from './migration.js';

/** What drills of an environment have made to throw it away: nothing else of its name is theirs. */
export const drillScratch: Migration = {
  number: 7,
  name: 'drill-scratch',
  sql: `CREATE TABLE switchback.drill_scratch (thing text PRIMARY KEY)`,
};
