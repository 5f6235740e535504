import { setTimeout as sleep } from 'node:timers/promises';
import type { NoticeStore } from '../notify/store.js';
import type { BookStore } from '../adapter/book-store.js';
import type { SlackStore } from '../slack/store.js';
import { admissionStore, type AdmissionStore } from './admissions.js';
import { bookStore, openBookPool } from './books.js';
import { captureStore, type CaptureStore } from './captures.js';
import { openPool } from './database.js';
import { delegationStore, type DelegationStore } from './delegations.js';
import { drillStore, type DrillStore } from './drills.js';
import { evidenceStore, type EvidenceStore } from './evidence.js';
import { journalStore, type Journal } from './journal/journal.js';
import { noticeStore } from './notices.js';
import { planStore, type PlanStore } from './plans.js';
import { slackStore } from './slack.js';

/** Milliseconds. */
const closeWithin = 2_000;

/** What outlives workflow histories, for every worker on every machine the same. */
export interface Records {
  readonly captures: CaptureStore;
  readonly evidence: EvidenceStore;
  readonly plans: PlanStore;
  readonly admissions: AdmissionStore;
  readonly journal: Journal;
  readonly delegations: DelegationStore;
  /** What people are to be told. */
  readonly notices: NoticeStore;
  /** What stands in Slack. */
  readonly slack: SlackStore;
  /** What drills found. */
  readonly drills: DrillStore;
  /** What custom acts did. */
  readonly books: BookStore;
  close(): Promise<void>;
}

/**
 * Records in the database of a url. Connects when it is first used. Pools apart, each small: a burst of journals keeps
 * no evidence waiting, and neither keeps an act from its book.
 */
export function openRecords(url: string): Records {
  const [main, evidence, books] = [openPool(url, 6), openPool(url, 2), openBookPool(url)];
  return {
    captures: captureStore(main),
    plans: planStore(main),
    admissions: admissionStore(main),
    journal: journalStore(main),
    delegations: delegationStore(main),
    notices: noticeStore(main),
    slack: slackStore(main),
    drills: drillStore(main),
    evidence: evidenceStore(evidence),
    books: bookStore(books),
    async close() {
      const ended = Promise.all([main, evidence, books].map((pool) => pool.end()));
      // A server that does not answer does not say goodbye either.
      await Promise.race([ended, sleep(closeWithin, undefined, { ref: false })]);
    },
  };
}
