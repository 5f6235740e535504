import type { Migration } from './migration.js';

/**
 * What drills found; and in a drill environment itself what each rollout of the drill under way is to fail at, how
 * everything was before it, and which rows were written beside it.
 */
export const drills: Migration = {
  number: 5,
  name: 'drills',
  sql: `
    CREATE TABLE switchback.drills (
      drill text NOT NULL, hash text PRIMARY KEY, runbook text NOT NULL, reversible_digest text NOT NULL,
      ended_at bigint NOT NULL, record json NOT NULL, kept_at timestamptz NOT NULL DEFAULT now());
    CREATE INDEX drills_by_runbook ON switchback.drills (runbook, ended_at);

    CREATE TABLE switchback.drill_under_way (
      one boolean PRIMARY KEY DEFAULT true CHECK (one), drill text NOT NULL, run text NOT NULL);

    CREATE TABLE switchback.drill_points (
      rollout text PRIMARY KEY, point json NOT NULL, before json NOT NULL,
      crashed boolean NOT NULL DEFAULT false, breached boolean NOT NULL DEFAULT false);

    CREATE TABLE switchback.drill_writes (
      rollout text, number integer, place text NOT NULL, key text NOT NULL, value text NOT NULL,
      acknowledged boolean NOT NULL DEFAULT false, PRIMARY KEY (rollout, number));`,
};
