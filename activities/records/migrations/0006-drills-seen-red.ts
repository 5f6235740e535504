import type { Migration } from './migration.js';

/** When the drill of a runbook was last seen to turn red on each way back that had been spoilt on purpose. */
export const drillsSeenRed: Migration = {
  number: 6,
  name: 'drills-seen-red',
  sql: `CREATE TABLE switchback.drills_seen_red (runbook text PRIMARY KEY, at bigint NOT NULL)`,
};
