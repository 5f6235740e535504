import type { Migration } from './migration.js';

/** Which run a rollout of a shared environment began with: what somebody has signed starts it once. */
export const admissions: Migration = {
  number: 2,
  name: 'admissions',
  sql: `
    CREATE TABLE switchback.admissions (
      rollout text PRIMARY KEY, first_run text NOT NULL, kept_at timestamptz NOT NULL DEFAULT now());`,
};
