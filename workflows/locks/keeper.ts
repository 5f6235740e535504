import { proxyActivities } from '@temporalio/workflow';
import { locksId, type LocksInput } from '../../src/engine/lock-protocol.js';
import { news, noLocks, type LockTable } from '../../src/engine/locks.js';
import type { JournalEvent } from '../../src/engine/journal.js';
import type { Notice, Verbs } from '../../src/engine/ports.js';
import { startExporter } from '../exporter.js';
import { openMail } from './mail.js';

interface Telling {
  notify(notice: Notice): Promise<Verbs['notify']['out']>;
}

const { notify } = proxyActivities<Telling>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

/** The table of one run, and what follows from changing it. */
export interface Keeper {
  readonly environment: string;
  readonly table: LockTable;
  /** Changes the table; whoever stands in line hears what became of it. */
  change(next: LockTable): void;
  record(event: Omit<JournalEvent, 'number' | 'at'>): void;
  tell(notice: Notice): void;
  /** Has something done that nobody waits for but the end of the run. It must not fail. */
  background(work: Promise<unknown>): void;
  /** Whether nothing is under way. */
  readonly idle: boolean;
  /** How many events the journal has. */
  readonly journalled: number;
}

/** @param gone is told of a rollout that could not be reached: its workflow has ended */
export function openKeeper(input: LocksInput, gone: (rollout: string) => void): Keeper {
  const { environment, journalled = 0 } = input;
  const journal: JournalEvent[] = [];
  const exporter = startExporter(locksId(environment), journal, 0);
  const mail = openMail(gone);
  const underWay = new Set<Promise<unknown>>();
  let table = input.table ?? noLocks;

  const background = (work: Promise<unknown>) => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };
  return {
    environment,
    background,
    get table() {
      return table;
    },
    change(next) {
      for (const { rollout, answer } of news(table, next)) mail.post(rollout, answer);
      table = next;
    },
    record(event) {
      const add = (added: typeof event) =>
        journal.push({ number: journalled + journal.length + 1, at: Date.now(), ...added });
      // Those before, which were terminated, may have exported a history of their own.
      if (journalled + journal.length === 0) add({ type: 'started', reason: `the locks of ${environment}` });
      add(event);
    },
    tell: (notice) => background(notify(notice).catch(() => null)),
    get idle() {
      return mail.idle && underWay.size === 0 && exporter.flushed();
    },
    get journalled() {
      return journalled + journal.length;
    },
  };
}
