import { condition, proxyActivities } from '@temporalio/workflow';
import type { JournalEvent } from '../src/engine/journal.js';

interface JournalActivities {
  exportJournal(input: { rollout: string; events: readonly JournalEvent[] }): Promise<void>;
}

const { exportJournal } = proxyActivities<JournalActivities>({
  // Whoever waits for the file's lock gives up before; an attempt that died with its worker is found out by this alone.
  startToCloseTimeout: '20s',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

/**
 * Exports the journal in the background, in order; nothing waits for it but the end of the run.
 *
 * @param exported how many of its events the run before has exported
 */
export function startExporter(
  rollout: string,
  journal: readonly JournalEvent[],
  exported: number,
): { flushed(): boolean } {
  void (async () => {
    for (;;) {
      await condition(() => exported < journal.length);
      const events = journal.slice(exported);
      await exportJournal({ rollout, events });
      exported += events.length;
    }
  })();
  return { flushed: () => exported === journal.length };
}
