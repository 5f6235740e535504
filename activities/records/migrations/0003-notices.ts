import type { Migration } from './migration.js';

/** What people are told, and by which channel each of it has arrived. */
export const notices: Migration = {
  number: 3,
  name: 'notices',
  sql: `
    CREATE TABLE switchback.notices (
      id text PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY, rollout text NOT NULL,
      event json NOT NULL, kept_at timestamptz NOT NULL DEFAULT now());

    CREATE TABLE switchback.deliveries (
      notice text REFERENCES switchback.notices ON DELETE CASCADE, channel text,
      state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'dead')),
      tries integer NOT NULL DEFAULT 0, next_at timestamptz NOT NULL DEFAULT now(), fault text,
      PRIMARY KEY (notice, channel));
    CREATE INDEX deliveries_open ON switchback.deliveries (next_at) WHERE state = 'due';`,
};
