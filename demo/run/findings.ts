import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { StatusReport } from '../../src/engine/tell/report.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { LoadStats } from '../load/counters.js';
import { audit, type Judgement } from '../load/audit.js';
import type { LedgerRecord } from '../load/ledger.js';
import { SPLIT_NAME } from '../shop/initial-flags.js';
import type { Scenario } from './scenarios.js';

/** One promise of the demo, and whether it came true, by a look from outside the engine. */
export interface Promised {
  readonly promise: string;
  readonly kept: boolean;
  readonly found: string;
}

/** What the demo found when all was over. */
export interface Findings {
  readonly promises: readonly Promised[];
  readonly judgement: Judgement;
  /** Names of the new version that the old shape cannot express, set aside. */
  readonly setAside: number;
}

/** Everything the findings rest on. */
export interface Evidence {
  readonly scenario: Scenario;
  readonly status: StatusReport;
  readonly journal: readonly JournalEvent[];
  readonly stats: LoadStats;
  readonly ledgerFile: string;
  readonly databaseUrl: string;
  readonly flagFile: string;
  /** Milliseconds that requests may take to end after exposure went back. */
  readonly drainMs: number;
}

/** Reads everything again, independently of the engine, after the load has stopped. */
export async function lookFromOutside(evidence: Evidence): Promise<Findings> {
  const { scenario, status, stats } = evidence;
  const ledger = JSON.parse(await readFile(evidence.ledgerFile, 'utf8')) as LedgerRecord;
  const judgement = await audit(evidence.databaseUrl, ledger);
  const database = await readDatabase(evidence.databaseUrl);
  const lossy = lossyNames(ledger);
  const kept = lossy.filter((id) => database.setAside.has(id));
  const completed = scenario.outcome === 'completed';
  return {
    judgement,
    setAside: database.setAside.size,
    promises: [
      promised(
        `the outcome is ${scenario.outcome}`,
        status.outcome?.type === scenario.outcome,
        status.outcome?.reason ?? 'none',
      ),
      promised('no request failed because of the migration', stats.failed === 0, `${stats.failed} failed`),
      promised(
        'no acknowledged write is lost',
        judgement.rowsLost === 0,
        `${judgement.rowsLost} lost of ${judgement.checked} looked at`,
      ),
      columnsPromise(completed, database.columns),
      await flagPromise(completed, evidence.flagFile),
      ...(completed
        ? completedPromises(stats)
        : [
            ...rolledBackPromises(evidence),
            promised(
              'names that only the new version can tell are kept',
              kept.length === lossy.length,
              `${kept.length} of ${lossy.length} set aside`,
            ),
          ]),
    ],
  };
}

/** Customers whose last name came from the candidate and reads otherwise when it is split again. */
function lossyNames({ names }: LedgerRecord): string[] {
  return Object.entries(names).flatMap(([id, { last, maybe }]) =>
    last?.arm === 'candidate' && maybe.length === 0 && last.given.includes(' ') ? [id] : [],
  );
}

function columnsPromise(completed: boolean, columns: readonly string[]): Promised {
  const names = columns.filter((column) => /name/.test(column)).join(', ');
  return completed
    ? promised('the table has the new shape only', names === 'first_name, last_name', names)
    : promised('the table has the old shape only', names === 'full_name', names);
}

async function flagPromise(completed: boolean, file: string): Promise<Promised> {
  const { flags } = JSON.parse(await readFile(file, 'utf8')) as {
    flags: Record<string, { targeting?: object }>;
  };
  const targeting = JSON.stringify(flags[SPLIT_NAME]?.targeting ?? null);
  return completed
    ? promised('the flag gives the candidate to everyone', /\["on",100\]/.test(targeting), targeting)
    : promised('the flag is as it was', targeting === 'null', targeting);
}

function completedPromises(stats: LoadStats): Promised[] {
  const { served } = stats.byArm.candidate;
  return [promised('the candidate has served customers', served > 0, `${served} answers`)];
}

function rolledBackPromises({ scenario, status, journal, stats, drainMs }: Evidence): Promised[] {
  const restoredAt = status.unwinding?.exposureRestoredAt ?? 0;
  const last = stats.lastCandidateAnswerAt ?? 0;
  const after = last === 0 ? 'never' : `${last - restoredAt} ms after exposure was taken back`;
  const ofType = (type: JournalEvent['type']) => journal.filter((event) => event.type === type);
  const promises = [
    promised(
      'nobody got the candidate after the drain',
      restoredAt > 0 && last <= restoredAt + drainMs,
      `last answer ${after}`,
    ),
    promised(
      'every target was read again',
      ofType('verified').length === 2,
      ofType('verified')
        .map(({ reason }) => reason)
        .join('; '),
    ),
  ];
  if (scenario.breaches) {
    const breach = ofType('breach')[0];
    const guard = JSON.stringify(breach?.evidence?.guard ?? 'none').slice(1, -1);
    promises.push(
      promised(
        `guard ${scenario.breaches} failed`,
        guard.startsWith(scenario.breaches),
        breach?.reason ?? 'no breach',
      ),
    );
  }
  if (scenario.losesMetricsIn) {
    const held = ofType('hold').some(({ reason }) => reason.includes('no-evidence'));
    promises.push(
      promised('it held on missing evidence', held, ofType('hold')[0]?.reason ?? 'no hold'),
      promised('it asked', ofType('question').length > 0, ofType('question')[0]?.reason ?? 'no question'),
      promised(
        'an incident says that the baseline is unconfirmed',
        status.outcome?.unconfirmed === true,
        ofType('unconfirmed')[0]?.reason ?? 'confirmed',
      ),
    );
  }
  return promises;
}

async function readDatabase(url: string): Promise<{ columns: string[]; setAside: ReadonlySet<string> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const columns = await client.query<{ name: string }>(
      `select attname as name from pg_attribute
       where attrelid = 'shop.customer'::regclass and attnum > 0 and not attisdropped order by attname`,
    );
    const setAside = await client.query<{ key: string }>('select key from switchback.set_aside');
    return {
      columns: columns.rows.map(({ name }) => name),
      setAside: new Set(setAside.rows.map(({ key }) => key)),
    };
  } finally {
    await client.end();
  }
}

function promised(promise: string, kept: boolean, found: string): Promised {
  return { promise, kept, found };
}
