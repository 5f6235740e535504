import { eventLine } from '../../apps/cli/event-line.js';
import { createLive } from '../../apps/cli/live.js';
import { paintFor } from '../../apps/cli/paint.js';
import { treeLines } from '../../apps/cli/tree.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { StatusReport } from '../../src/engine/tell/report.js';

/** Where a rollout is shown while it goes on. */
export interface Screen {
  /** Whether somebody sits at it who can be asked. */
  readonly interactive: boolean;
  show(plan: Plan, report: StatusReport, journal: readonly JournalEvent[]): void;
  /** Makes room for a question. */
  aside<T>(ask: () => Promise<T>): Promise<T>;
  close(): void;
}

/** A live tree on a terminal, otherwise the journal line by line. */
export function openScreen(stream: NodeJS.WriteStream): Screen {
  return stream.isTTY ? treeScreen(stream) : lineScreen(stream);
}

function treeScreen(stream: NodeJS.WriteStream): Screen {
  const live = createLive(stream);
  const paint = paintFor(stream, process.env);
  let frame = 0;
  return {
    interactive: process.stdin.isTTY,
    show(plan, report) {
      const drawing = { paint, width: live.width, now: Date.now(), frame: frame++ };
      const whole = treeLines({ plan, report }, drawing);
      live.show(
        whole.length <= live.height ? whole : treeLines({ plan, report }, { ...drawing, compact: true }),
      );
    },
    async aside(ask) {
      // The tree stays above the question: it is what the answer rests on.
      if (process.stdin.isTTY) live.end();
      return ask();
    },
    close: () => live.end(),
  };
}

function lineScreen(stream: NodeJS.WriteStream): Screen {
  let shown = 0;
  return {
    interactive: false,
    show(_plan, report, journal) {
      for (const event of journal.slice(shown)) {
        stream.write(`${eventLine(event)}\n`);
        if (event.type === 'gate-opened') stream.write(`  answer with: ${answerLine(report, 'approve')}\n`);
        if (event.type === 'question') stream.write(`  answer with: ${answerLine(report, 'answer')}\n`);
      }
      shown = journal.length;
    },
    aside: (ask) => ask(),
    close: () => undefined,
  };
}

function answerLine({ rollout }: StatusReport, verb: 'approve' | 'answer'): string {
  return `npx switchback ${verb} ${rollout} ${verb === 'answer' ? 'roll-back ' : ''}--as ana`;
}
