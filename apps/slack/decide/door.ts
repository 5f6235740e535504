import type { Journal } from '../../../activities/records/journal/journal.js';
import type { SlackStore } from '../../../activities/slack/store.js';
import type { SlackWeb } from '../../../activities/slack/web.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { DirectClient } from '../../client/client.js';
import type { Signer } from '../../client/signing/signer.js';
import type { Environment } from '../../config/config.js';
import type { Slack } from '../../config/slack.js';
import type { Worst } from '../tell/worst.js';

/** What a Slack door works with. It keeps nothing: any other that serves the same environment may take the next click. */
export interface Door {
  readonly environment: string;
  readonly slack: Slack;
  readonly client: DirectClient;
  readonly store: SlackStore;
  readonly web: SlackWeb;
  readonly signer: Signer;
  /** Where attempts are written that no rollout takes. */
  readonly journal: Pick<Journal, 'read' | 'append'>;
  /** All that a rollout has done, oldest first. */
  history(rollout: string): Promise<readonly JournalEvent[]>;
  /** The configuration as of now. */
  now(): Environment;
  /** A rollout may look otherwise now: it is looked at soon. */
  changed(): void;
  /** What evidence says of the time before a question. */
  readonly worst?: Worst;
  readonly log: (line: string) => void;
}
