import type { Client } from '@temporalio/client';
import { EventsMissing } from '../../activities/records/journal/continuation.js';
import type { Journal } from '../../activities/records/journal/journal.js';
import { journalOf } from '../../activities/temporal/running.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';

/**
 * The activity that writes events to the journal. A database that came back from a backup, or from a standby that was
 * behind, has lost what the rollout believes to be written: it is asked for again.
 */
export function exporterOf(journal: Pick<Journal, 'append'>, client: Client) {
  return async (given: { rollout: string; events: readonly JournalEvent[] }): Promise<void> => {
    const { rollout, events } = given;
    await journal.append(rollout, events).catch(async (error: unknown) => {
      if (!(error instanceof EventsMissing)) throw error;
      const known = await journalOf(client, rollout).catch(() => {
        throw error;
      });
      await journal.append(rollout, known);
    });
  };
}
