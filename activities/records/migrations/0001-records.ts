import type { Migration } from './migration.js';

/**
 * `json` and not `jsonb`: it keeps the very text, which has escapes that `jsonb` refuses, and whose digest is checked.
 */
export const records: Migration = {
  number: 1,
  name: 'records',
  sql: `
    CREATE TABLE switchback.records_owner (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      environment text NOT NULL, kind text NOT NULL, mark uuid NOT NULL DEFAULT gen_random_uuid());

    CREATE TABLE switchback.captures (
      rollout text, target text, capture json NOT NULL,
      kept_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (rollout, target));

    CREATE TABLE switchback.plans (
      digest text PRIMARY KEY, plan json NOT NULL, kept_at timestamptz NOT NULL DEFAULT now());

    CREATE TABLE switchback.journal_heads (
      rollout text PRIMARY KEY, entries integer NOT NULL, hash text NOT NULL);

    CREATE TABLE switchback.journal (
      rollout text REFERENCES switchback.journal_heads, number integer,
      format integer NOT NULL, event json NOT NULL, previous text NOT NULL, hash text NOT NULL,
      kept_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (rollout, number), UNIQUE (rollout, previous));

    CREATE TABLE switchback.evidence (
      key text NOT NULL, at timestamptz NOT NULL, value json NOT NULL) PARTITION BY RANGE (at);
    CREATE INDEX evidence_by_key ON switchback.evidence (key, at);

    CREATE TABLE switchback.books (
      rollout text, target text, book json NOT NULL,
      kept_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (rollout, target));`,
};
