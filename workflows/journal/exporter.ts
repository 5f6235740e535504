import { CancellationScope, condition, proxyActivities } from '@temporalio/workflow';
import { bytesOf } from '../../src/engine/base/json.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import { dueWithin } from '../sdk/alarm.js';

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

/** The server takes 2 MB at a time, and events may be of 10 KB. */
const mostAtOnce = 500;
const mostBytes = 1_000_000;

/** Sends the journal out. */
export interface Exporter {
  /** Takes the next event. */
  take(event: JournalEvent): void;
  /** From now on nothing is gathered: what is left leaves at once. */
  hurry(): void;
  /** Whether everything has left. */
  flushed(): boolean;
  /** Whether no export is under way: the next run may send what is left. */
  idle(): boolean;
  /** How many events have left, in the runs before, too. */
  exported(): number;
  /** What has not left yet, in order. */
  readonly unsent: readonly JournalEvent[];
}

/**
 * Exports a journal in the background, in order; nothing waits for it but the end of the rollout.
 *
 * @param exported how many of its events the runs before have exported
 * @param left what they have not
 */
export function startExporter(rollout: string, exported: number, left: readonly JournalEvent[]): Exporter {
  const unsent = [...left];
  let hurried = false;
  // What the run before left over leaves before the next begins: runs of few events would only hand it on.
  let idle = unsent.length === 0;
  const exportAll = async () => {
    for (;;) {
      await condition(() => unsent.length > 0);
      // The first leaves at once: by it a rescue finds the plan, whatever becomes of the rollout then.
      if (!hurried && exported > 0) await dueWithin(gatherFor, () => hurried);
      const events = firstOf(unsent);
      idle = false;
      await exportJournal({ rollout, events });
      idle = true;
      unsent.splice(0, events.length);
      exported += events.length;
    }
  };
  // Compensation is journalled, too.
  void CancellationScope.nonCancellable(exportAll);
  return {
    unsent,
    take: (event) => void unsent.push(event),
    hurry: () => void (hurried = true),
    flushed: () => unsent.length === 0,
    idle: () => idle,
    exported: () => exported,
  };
}

/** The first of the events, as many as go into one payload; at least one. */
function firstOf(events: readonly JournalEvent[]): readonly JournalEvent[] {
  let bytes = 0;
  const more = events.slice(1, mostAtOnce).findIndex((event) => (bytes += bytesOf(event)) > mostBytes);
  return events.slice(0, more < 0 ? mostAtOnce : more + 1);
}
