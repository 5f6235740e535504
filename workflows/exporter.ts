import { condition, proxyActivities } from '@temporalio/workflow';
import type { JournalEvent } from '../src/engine/journal.js';
import { dueWithin } from './alarm.js';

interface JournalActivities {
  exportJournal(input: { rollout: string; events: readonly JournalEvent[] }): Promise<void>;
}

const { exportJournal } = proxyActivities<JournalActivities>({
  // Whoever waits for the file's lock gives up before; an attempt that died with its worker is found out by this alone.
  startToCloseTimeout: '20s',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

/** Transitions come in bursts, and each export costs six events of history: what comes within this time leaves as one. */
const gatherFor = 1_000;

/** Sends the journal out. */
export interface Exporter {
  /** From now on nothing is gathered: what is left leaves at once. */
  hurry(): void;
  /** Whether everything has left. */
  flushed(): boolean;
  /** Whether no export is under way: the next run may send what is left. */
  idle(): boolean;
  /** How many of the events have left. */
  exported(): number;
}

/**
 * Exports the journal in the background, in order; nothing waits for it but the end of the rollout.
 *
 * @param exported how many of its events the runs before have exported
 */
export function startExporter(rollout: string, journal: readonly JournalEvent[], exported: number): Exporter {
  let hurried = false;
  // What the run before left over leaves before the next begins: runs of few events would only hand it on.
  let idle = exported === journal.length;
  void (async () => {
    for (;;) {
      await condition(() => exported < journal.length);
      // The first leaves at once: by it a rescue finds the plan, whatever becomes of the rollout then.
      if (!hurried && exported > 0) await dueWithin(gatherFor, () => hurried);
      const events = journal.slice(exported);
      idle = false;
      await exportJournal({ rollout, events });
      idle = true;
      exported += events.length;
    }
  })();
  return {
    hurry: () => void (hurried = true),
    flushed: () => exported === journal.length,
    idle: () => idle,
    exported: () => exported,
  };
}
