import type { JsonObject } from '../../src/engine/base/json.js';
import type { Work } from '../../src/protocol/adapter.js';
import { differences, readCatalogue, withoutTracker } from './catalogue.js';
import type { Database, Tx } from './database.js';
import type { TableInput } from './input.js';
import { ensureSchema, hasLedger, lockStep, readRow, writeRow } from './ledger.js';
import { findRelation, type Relation } from './relation.js';
import { countSetAside, disputedKeys } from './set-aside.js';
import { findTracker, removeTracker, sumsOf, type Sums } from './tracker.js';
import { persistently, transaction } from './transaction.js';
import type { Capture, EffectKey, Verification } from '../../src/engine/state/values.js';
import { describeTruncation, findTruncation, type Truncation } from './truncation.js';

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
  const disputed = ledger ? await disputedKeys(tx, relation, subject.key.rollout) : [];
  const rows = ledger ? await compareRows(tx, subject.key.rollout, relation) : untracked;
  const evidence = { table: relation.sql, setAside, disputed: disputed.length, ...rows.evidence };
  const toTell = disputed.length > 0 && { toTell: aboutDisputed(relation, disputed) };
  return { verification: { ...rows, evidence, ...toTell }, recorded: false };
}

function aboutDisputed({ sql }: Relation, keys: readonly string[]): string {
  const shown = keys.slice(0, 10).join(', ') + (keys.length > 10 ? ', ...' : '');
  return (
    `in ${keys.length} rows of ${sql} (key ${shown}) the old and the new columns contradicted each other, as after ` +
    'writes while triggers are off: both values are in switchback.disputed, decide which one holds'
  );
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
  const truncation = await findTruncation(tx, rollout, relation);
  if (truncation) return afterTruncation(relation, now, truncation, evidence);
  if (now.sum === tracker.base.sum && now.rows === tracker.base.rows) {
    const reason = `the catalogue is identical, and the ${now.untouched} rows nobody wrote have the same checksum`;
    return { verified: true, reason, evidence };
  }
  const reason =
    `${relation.sql}: rows that no client wrote are not as they were: ` +
    `${tracker.base.rows} rows with sum ${tracker.base.sum} before, ${now.rows} with ${now.sum} now` +
    vanished(tracker.base.rows - now.rows);
  return { verified: false, reason, evidence };
}

function vanished(rows: number): string {
  if (rows <= 0) return '';
  return `; ${rows} are gone that nobody was seen to delete, as after TRUNCATE or a restore while triggers were off`;
}

/** A client's TRUNCATE deletes every row as a DELETE would: what is there now has to be written since, all of it. */
function afterTruncation(
  relation: Relation,
  { present, untouched }: Sums,
  truncation: Truncation,
  evidence: JsonObject,
): Verification {
  const what = describeTruncation(truncation);
  const seen = { ...evidence, truncated: truncation };
  if (untouched === 0) {
    const reason = `the catalogue is identical; ${what} deleted every row, and clients wrote all ${present} that are there now`;
    return { verified: true, reason, evidence: seen };
  }
  const reason = `${relation.sql}: ${untouched} of ${present} rows came after ${what} by no client that was seen`;
  return { verified: false, reason, evidence: seen };
}

/** Takes the tracker away and keeps the verdict, unless the table then still differs: then nothing happens at all. */
async function clear(tx: Tx, subject: Subject, looked: Verification): Promise<Verification> {
  const { key, database } = subject;
  await ensureSchema(tx, database);
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
