import type { JournalEvent } from '../../src/engine/journal.js';
import type { Plan } from '../../src/engine/plan.js';
import type { StatusReport } from '../../src/engine/report.js';

export interface Screen {
  readonly interactive: boolean;
  show(plan: Plan, status: StatusReport, journal: readonly JournalEvent[]): void;
  aside<T>(ask: () => Promise<T>): Promise<T>;
  close(): void;
}

export function openScreen(stream: NodeJS.WriteStream): Screen {
  let shown = 0;
  return {
    interactive: false,
    show(_plan, _status, journal) {
      for (const event of journal.slice(shown)) {
        stream.write(`  ${new Date(event.at).toISOString().slice(11, 23)} ${event.type.padEnd(18)} ${event.step ?? ''} ${event.reason}\n`);
      }
      shown = journal.length;
    },
    aside: (ask) => ask(),
    close: () => undefined,
  };
}
