import type { Migration } from './migration.js';

/** What stands in Slack about which rollout, what is to stand there, and how far each rollout has been looked at. */
export const slack: Migration = {
  number: 4,
  name: 'slack',
  sql: `
    CREATE TABLE switchback.slack_rollouts (
      rollout text PRIMARY KEY, seen integer NOT NULL DEFAULT 0, told integer NOT NULL DEFAULT 0,
      look_at timestamptz NOT NULL DEFAULT now(), leased_until timestamptz, over boolean NOT NULL DEFAULT false);
    CREATE INDEX slack_rollouts_open ON switchback.slack_rollouts (look_at) WHERE NOT over;
    CREATE INDEX journal_by_time ON switchback.journal (kept_at);

    CREATE TABLE switchback.slack_messages (
      id text PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY, rollout text NOT NULL, about text NOT NULL,
      channel text NOT NULL, thread text, rank integer NOT NULL, happened_at timestamptz,
      wanted json NOT NULL, wanted_said text NOT NULL, said text, ts text, unsure_since timestamptz,
      next_at timestamptz NOT NULL DEFAULT now(), tries integer NOT NULL DEFAULT 0, fault text,
      dead boolean NOT NULL DEFAULT false, kept_at timestamptz NOT NULL DEFAULT now(), UNIQUE (rollout, about));
    CREATE INDEX slack_messages_due ON switchback.slack_messages (channel, next_at)
      WHERE NOT dead AND said IS DISTINCT FROM wanted_said;

    CREATE TABLE switchback.slack_channels (
      channel text PRIMARY KEY, next_at timestamptz NOT NULL DEFAULT now());`,
};
