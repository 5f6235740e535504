import { Refusal } from '../../src/engine/errors.js';
import type { JsonObject } from '../../src/engine/json.js';
import type { Act, Action } from '../../src/engine/plan.js';
import type { EffectKey, Evidence } from '../../src/engine/ports.js';
import type { Adapter, Work } from '../adapter.js';
import { bindAction, type BoundAction } from './actions/registry.js';
import { run } from './attempt.js';
import { readCatalogue } from './catalogue.js';
import { openDatabases, type Databases } from './database.js';
import { judged } from './failures.js';
import { requireFit } from './fitness.js';
import { ensureSchema, lockStep, requireEnvironment, writeTombstone } from './ledger.js';
import { findRelation } from './relation.js';
import { persistently, transaction } from './transaction.js';
import { verifyTable } from './verification.js';

/** How the databases of an environment are reached. */
export interface PostgresOptions {
  /** By the name that plans use. */
  readonly databases: Readonly<Record<string, { readonly url: string }>>;
  readonly environment: string;
  /** Milliseconds for which locks are tried for within one verb; 30 s when absent. */
  readonly patience?: number;
}

/** Changes tables of PostgreSQL databases under live writers, and takes the changes back. */
export function createPostgresAdapter(options: PostgresOptions): Adapter & { close(): Promise<void> } {
  const databases = openDatabases({ patience: 30_000, ...options });
  return {
    name: 'postgres',
    check: (act, work) => alive(work, (live) => check(databases, act, live)),
    read: (act, work) => alive(work, (live) => read(databases, act, live)),
    apply: (act, key, work) => alive(work, (live) => apply(databases, act, key, live)),
    undo: (act, action, key, work) => alive(work, (live) => undo(databases, act, action, key, live)),
    async restore(act) {
      throw new Refusal(
        act.id,
        `${act.target} cannot be put back from a capture`,
        'give the act an undo action',
      );
    },
    fence: (act, key, work) =>
      alive(work, async (live) => {
        const { effect } = await tombstone(databases, bindAction(act.do), key, live);
        return { effect: effect ? 'some' : 'none' };
      }),
    verify: (acts, capture, key, work) =>
      alive(work, async (live) => {
        const [act] = acts;
        if (!act)
          throw new Refusal(capture.target, 'no act says which table it is', 'verify the acts of the target');
        const { table } = bindAction(act.do);
        return verifyTable({ database: databases.get(table.db), table, capture, key, work: live });
      }),
    close: () => databases.close(),
  };
}

async function check(databases: Databases, act: Act, work: Work): Promise<Evidence> {
  const action = bindAction(act.do);
  const undoing = act.undo.type === 'act' ? bindAction(act.undo.do) : undefined;
  const database = databases.get(action.table.db);
  try {
    return await transaction(database, work, { readOnly: true }, async (tx) => {
      await requireEnvironment(tx, database);
      const relation = await findRelation(tx, action.table);
      requireTarget(act, action);
      const fit = await requireFit(tx, database, relation);
      if (undoing) await undoing.check(tx, relation);
      return { table: relation.sql, ...fit, ...(await action.check(tx, relation)) };
    });
  } catch (error) {
    throw judged(act.id, error);
  }
}

async function read(databases: Databases, act: Act, work: Work): Promise<JsonObject> {
  const { table } = bindAction(act.do);
  return transaction(
    databases.get(table.db),
    work,
    { isolation: 'repeatable read', readOnly: true },
    async (tx) => readCatalogue(tx, await findRelation(tx, table)),
  );
}

function apply(databases: Databases, act: Act, key: EffectKey, work: Work): Promise<Evidence> {
  const action = bindAction(act.do);
  const database = databases.get(action.table.db);
  return run({ database, key, verb: 'apply', work, thing: act.id }, (attempt) => action.perform(attempt));
}

/** First the tombstone, in a transaction of its own: from then on nothing can be added to what is taken back. */
async function undo(
  databases: Databases,
  act: Act,
  action: Action,
  key: EffectKey,
  work: Work,
): Promise<Evidence> {
  const undoing = bindAction(action);
  const database = databases.get(undoing.table.db);
  const { standing } = await tombstone(databases, bindAction(act.do), key, work);
  return run({ database, key, verb: 'undo', work, thing: `undo of ${act.id}` }, (attempt) =>
    standing
      ? undoing.perform(attempt)
      : attempt.guarded(({ finish }) => finish({ undone: 'nothing: it never had an effect' })),
  );
}

function tombstone(databases: Databases, { table }: BoundAction, key: EffectKey, work: Work) {
  const database = databases.get(table.db);
  return persistently(database, work, () =>
    transaction(database, work, {}, async (tx) => {
      await ensureSchema(tx, database.environment);
      await requireEnvironment(tx, database);
      await lockStep(tx, key);
      return writeTombstone(tx, key);
    }),
  );
}

/** A plan whose target is not the table it changes would be locked and captured under the wrong name. */
function requireTarget({ id, target }: Act, { table }: BoundAction): void {
  const expected = `table:${table.db}.${table.table}`;
  if (target === expected) return;
  throw new Refusal(id, `its target is ${target}, but it changes ${expected}`, 'name the same table in both');
}

/** Says every half second that the work lives, with the progress it last reported: one statement may take longer. */
async function alive<T>(work: Work, body: (work: Work) => Promise<T>): Promise<T> {
  let last: JsonObject = {};
  const beat = (): void => work.heartbeat(last);
  const timer = setInterval(beat, 500);
  try {
    return await body({
      signal: work.signal,
      heartbeat(progress) {
        last = progress;
        beat();
      },
    });
  } finally {
    clearInterval(timer);
  }
}
