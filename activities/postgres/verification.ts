import type { JsonObject } from '../../src/engine/json.js';
import type { Capture, EffectKey, Verification } from '../../src/engine/ports.js';
import type { Work } from '../adapter.js';
import { differences, readCatalogue, withoutTracker } from './catalogue.js';
import type { Database, Tx } from './database.js';
import type { TableInput } from './input.js';
import { ensureSchema, hasLedger, lockStep, readRow, writeRow } from './ledger.js';
import { findRelation, type Relation } from './relation.js';
import { countSetAside } from './set-aside.js';
import { findTracker, removeTracker, sumsOf } from './tracker.js';
import { persistently, transaction } from './transaction.js';

/** What a verification is about. */
export interface Subject {
  readonly database: Database;
  readonly table: TableInput;
  readonly capture: Capture;
  readonly key: EffectKey;
  readonly work: Work;
}

/**
 * Is the table as it was captured? Its catalogue is, and the rows that no client wrote still add up to the same
 * checksum. Then the tracker goes, and the catalogue is read once more: nothing of ours is left on the table.
 */
export async function verifyTable(subject: Subject): Promise<Verification> {
  const { database, work } = subject;
  const { verification, recorded } = await persistently(database, work, () =>
    transaction(database, work, { isolation: 'repeatable read', readOnly: true, statementTimeout: 0 }, (tx) =>
      look(tx, subject),
    ),
  );
  if (recorded || !verification.verified) return verification;
  return persistently(database, work, () =>
    transaction(database, work, {}, (tx) => clear(tx, subject, verification)),
  );
}

async function look(tx: Tx, subject: Subject): Promise<{ verification: Verification; recorded: boolean }> {
  const ledger = await hasLedger(tx);
  const row = ledger ? await readRow(tx, recordKey(subject)) : undefined;
  if (row?.state === 'done') return { verification: readVerification(row.progress), recorded: true };
  const relation = await findRelation(tx, subject.table);
  const now = withoutTracker(await readCatalogue(tx, relation));
  const differing = differences(withoutTracker(subject.capture.state), now);
  if (differing.length > 0) return { verification: unequal(relation, differing), recorded: false };
  const setAside = ledger ? await countSetAside(tx, relation, subject.key.rollout) : 0;
  const rows = ledger ? await compareRows(tx, subject.key.rollout, relation) : untracked;
  const evidence = { table: relation.sql, setAside, ...rows.evidence };
  return { verification: { ...rows, evidence }, recorded: false };
}

const untracked: Verification = {
  verified: true,
  reason: 'the catalogue is identical; no row was tracked, for none was going to be written',
  evidence: { checksum: 'none' },
};

/** Later steps, which write rows, begin only when the first sum was taken. */
const unmeasured: Verification = {
  verified: true,
  reason:
    'the catalogue is identical; the rollout was stopped while it set the tracker up, before it wrote a row',
  evidence: { checksum: 'none' },
};

async function compareRows(tx: Tx, rollout: string, relation: Relation): Promise<Verification> {
  const tracker = await findTracker(tx, rollout, relation);
  if (!tracker) return untracked;
  if (!tracker.base) return unmeasured;
  const now = await sumsOf(tx, rollout, relation, tracker);
  const evidence = {
    rows: now.present,
    untouched: now.untouched,
    touched: now.touched,
    sumBefore: tracker.base.sum,
    sumNow: now.sum,
    rowsBefore: tracker.base.rows,
  };
  if (now.sum === tracker.base.sum && now.rows === tracker.base.rows) {
    const reason = `the catalogue is identical, and the ${now.untouched} rows nobody wrote have the same checksum`;
    return { verified: true, reason, evidence };
  }
  const reason =
    `${relation.sql}: rows that no client wrote are not as they were: ` +
    `${tracker.base.rows} rows with sum ${tracker.base.sum} before, ${now.rows} with ${now.sum} now`;
  return { verified: false, reason, evidence };
}

/** Takes the tracker away and keeps the verdict, unless the table then still differs: then nothing happens at all. */
async function clear(tx: Tx, subject: Subject, looked: Verification): Promise<Verification> {
  const { key, database } = subject;
  await ensureSchema(tx, database.environment);
  await lockStep(tx, key);
  const before = await readRow(tx, recordKey(subject));
  if (before?.state === 'done') return readVerification(before.progress);
  const relation = await findRelation(tx, subject.table);
  await tx.query('SAVEPOINT tracked');
  await removeTracker(tx, key.rollout, relation);
  const differing = differences(subject.capture.state, await readCatalogue(tx, relation));
  if (differing.length > 0) {
    await tx.query('ROLLBACK TO SAVEPOINT tracked');
    return unequal(relation, differing);
  }
  await writeRow(tx, recordKey(subject), { state: 'done', effect: false, progress: { ...looked } });
  return looked;
}

function readVerification(progress: JsonObject): Verification {
  return progress as unknown as Verification;
}

function unequal(relation: Relation, differing: readonly string[]): Verification {
  return {
    verified: false,
    reason: `${relation.sql} is not as it was captured: ${differing.join('; ')}`,
    evidence: { table: relation.sql, differing: [...differing] },
  };
}

/** A rollout may verify several tables under one step. */
function recordKey({ key, capture }: Subject) {
  return { ...key, verb: `verify ${capture.target}` };
}
