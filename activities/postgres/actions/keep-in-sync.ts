import { Refusal } from '../../../src/engine/base/errors.js';
import type { Attempt } from '../attempt.js';
import { columnsBrought } from '../brought.js';
import { checkExpressions, requireKey } from '../expressions.js';
import { hasLedger } from '../ledger.js';
import { findRelation, requireColumn, type Relation } from '../relation.js';
import { installSync, syncInput, type SyncInput } from '../sync.js';
import {
  capturedColumns,
  findTracker,
  installTracker,
  otherTracker,
  saveTracker,
  sumsOf,
  type Sum,
  type Tracker,
} from '../tracker.js';
import { persistently, transaction } from '../transaction.js';
import type { PostgresAction } from './action.js';

/** Keeps the old and the new shape in sync for writers of either version, and watches who writes what from now on. */
export const keepInSync: PostgresAction<SyncInput> = {
  parse: syncInput,

  async check(tx, relation, { key, forward, back }) {
    await requireKey(tx, relation, key);
    await checkExpressions(tx, relation, { ...forward, ...back }, Object.keys(forward));
    for (const name of Object.keys(back)) requireWritable(relation, name);
    const other = (await hasLedger(tx)) ? await otherTracker(tx, relation) : undefined;
    return other === undefined ? {} : { watchedBy: other };
  },

  async perform(attempt, input) {
    const relation = await install(attempt, input);
    const measured = await measure(attempt, relation);
    return attempt.guarded(async ({ tx, finish }) => {
      const { rollout } = attempt.key;
      // A second try keeps the first sum: what happened in between must not be hidden by a new one.
      const base = (await findTracker(tx, rollout, relation))?.base ?? measured.base;
      await saveTracker(tx, rollout, relation, { ...measured.tracker, base });
      return finish({ table: relation.sql, rows: base.rows, sum: base.sum });
    });
  },
};

function install(attempt: Attempt, input: SyncInput): Promise<Relation> {
  return attempt.guarded(async ({ tx, note }) => {
    const relation = await findRelation(tx, input);
    for (const name of Object.keys(input.forward)) requireWritable(relation, name);
    for (const name of Object.keys(input.back)) requireWritable(relation, name);
    await requireKey(tx, relation, input.key);
    const { rollout } = attempt.key;
    const brought = [...(await columnsBrought(tx, rollout, relation)), ...Object.keys(input.forward)];
    await installTracker(tx, rollout, relation, {
      key: input.key,
      columns: capturedColumns(relation, brought),
    });
    await installSync(tx, relation, input);
    await note({});
    return relation;
  });
}

/** Outside the guarded transactions: a big table takes its time, and an undo must not wait for that. */
async function measure(attempt: Attempt, relation: Relation): Promise<{ tracker: Tracker; base: Sum }> {
  const { database, work, key } = attempt;
  return persistently(database, work, () =>
    transaction(
      database,
      work,
      { isolation: 'repeatable read', readOnly: true, statementTimeout: 0 },
      async (tx) => {
        const tracker = await findTracker(tx, key.rollout, relation);
        if (!tracker) throw new Error(`${relation.sql}: the tracker vanished while it was set up`);
        const { rows, sum } = await sumsOf(tx, key.rollout, relation, tracker);
        return { tracker, base: { rows, sum } };
      },
    ),
  );
}

function requireWritable(relation: Relation, name: string): void {
  const { generated, identity } = requireColumn(relation, name);
  if (!generated && !identity) return;
  throw new Refusal(
    `${relation.sql} column ${name}`,
    'the server gives its values',
    'keep ordinary columns in sync only',
  );
}
