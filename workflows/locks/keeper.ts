import { proxyActivities } from '@temporalio/workflow';
import { locksId, type LocksInput, type LockTable } from '../../src/protocol/locks.js';
import { answerOf, news, noLocks } from '../../src/environment/locks/table.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Verbs } from '../../src/engine/state/ports.js';
import { openEnvironmentJournal } from '../journal/environment-journal.js';
import { openOutbox } from './outbox.js';
import type { Notice } from '../../src/engine/state/values.js';

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
  /** Says to everybody once more where they stand. */
  remind(): void;
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
  const id = locksId(environment);
  const journal = openEnvironmentJournal(id, `the locks of ${environment}`, { length: journalled });
  const mail = openOutbox(gone);
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
    remind() {
      for (const { rollout } of [...table.holders, ...table.line])
        mail.post(rollout, answerOf(table, rollout));
    },
    record: journal.record,
    tell: (notice) => background(notify(notice).catch(() => null)),
    get idle() {
      return mail.idle && underWay.size === 0 && journal.unsent.length === 0;
    },
    get journalled() {
      return journal.length;
    },
  };
}
