import type { JsonObject } from '../../src/engine/base/json.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Work } from '../../src/protocol/adapter.js';
import type { Database, Tx } from './database.js';
import { judged } from './failures.js';
import { ensureSchema, isTombstoned, lockRow, lockStep, writeRow } from './ledger.js';
import { requireOwner } from './owner.js';
import { persistently, transaction } from './transaction.js';
import type { EffectKey, Findings } from '../../src/engine/state/values.js';

/** A transaction that holds the step: the ledger was asked, and nobody else can finish or take back the step in it. */
export interface Guarded {
  readonly tx: Tx;
  /** What earlier transactions of this verb, of whichever attempt, have noted. */
  readonly progress: JsonObject;
  /** Notes how far the work is, and that it had an effect; committed together with the effect. */
  note(progress: JsonObject): Promise<void>;
  /** Marks the verb as done; committed together with the effect. `effect: false` when there is nothing to take back. */
  finish(evidence: Findings, options?: { effect: boolean }): Promise<Findings>;
}

/** One try at applying or undoing a step; it may be the second, beside a first one that is still running. */
export interface Attempt {
  readonly database: Database;
  readonly key: EffectKey;
  readonly verb: 'apply' | 'undo';
  readonly work: Work;
  /**
   * Runs `body` in a guarded transaction, again and again while others hold the locks. Throws `Finished` when the
   * verb is done already, and a `Refusal` when an apply finds the tombstone.
   */
  guarded<T>(body: (guarded: Guarded) => Promise<T>, options?: GuardedOptions): Promise<T>;
}

/** How a guarded transaction is run. */
export interface GuardedOptions {
  /** Hears of each failed try. */
  readonly onRetry?: (error: unknown) => void;
}

/** Another attempt, or an earlier one, has done it all: its evidence is the answer. */
class Finished extends Error {
  override readonly name = 'Finished';

  constructor(readonly evidence: Findings) {
    super('done already');
  }
}

/** Runs a verb to its end; finds what was done before. */
export async function run(
  about: { database: Database; key: EffectKey; verb: 'apply' | 'undo'; work: Work; thing: string },
  body: (attempt: Attempt) => Promise<Findings>,
): Promise<Findings> {
  const { database, key, verb, work } = about;
  const attempt: Attempt = {
    database,
    key,
    verb,
    work,
    guarded: (inner, { onRetry } = {}) =>
      persistently(
        database,
        work,
        () => transaction(database, work, {}, async (tx) => inner(await guard(tx, about))),
        onRetry,
      ),
  };
  try {
    return await body(attempt);
  } catch (error) {
    if (error instanceof Finished) return error.evidence;
    throw judged(about.thing, error);
  }
}

async function guard(
  tx: Tx,
  {
    database,
    key,
    verb,
    thing,
  }: { database: Database; key: EffectKey; verb: 'apply' | 'undo'; thing: string },
): Promise<Guarded> {
  await ensureSchema(tx, database);
  await requireOwner(tx, database);
  await lockStep(tx, key);
  if (verb === 'apply' && (await isTombstoned(tx, key))) {
    throw new Refusal(
      thing,
      'it was taken back or fenced, and may have no effect any more',
      'start a new rollout',
    );
  }
  const place = { ...key, verb };
  const row = await lockRow(tx, place);
  if (row?.state === 'done') throw new Finished(row.progress);
  return {
    tx,
    progress: row?.progress ?? {},
    note: (progress) => writeRow(tx, place, { state: 'running', effect: true, progress }),
    async finish(evidence, { effect } = { effect: true }) {
      await writeRow(tx, place, { state: 'done', effect, progress: evidence });
      return evidence;
    },
  };
}
