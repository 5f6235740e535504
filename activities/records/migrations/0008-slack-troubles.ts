import type { Migration } from './migration.js';

/** Which rollouts have a trouble in common, and how often a message was found to be deleted. */
export const slackTroubles: Migration = {
  number: 8,
  name: 'slack-troubles',
  sql: `
    ALTER TABLE switchback.slack_messages ADD COLUMN gone integer NOT NULL DEFAULT 0;

    CREATE TABLE switchback.slack_troubles (
      number bigint GENERATED ALWAYS AS IDENTITY, cause text NOT NULL, trouble text, rollout text,
      member json NOT NULL, over boolean NOT NULL, kept_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (trouble, rollout));
    CREATE INDEX slack_troubles_open ON switchback.slack_troubles (rollout) WHERE NOT over;
    CREATE INDEX slack_troubles_cause ON switchback.slack_troubles (cause) WHERE NOT over;`,
};
