import { Refusal } from '../../src/engine/base/errors.js';
import type { Kind } from '../../src/protocol/kind.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Act, Action } from '../../src/engine/plan/plan.js';
import type { Adapter, Work } from '../../src/protocol/adapter.js';
import { bindAction, type BoundAction } from './actions/registry.js';
import { run } from './attempt.js';
import { readCatalogue } from './catalogue.js';
import { openDatabases, type Databases } from './database.js';
import { judged } from './failures.js';
import { requireFit } from './fitness.js';
import { identify } from './identity.js';
import { ensureSchema, lockStep, writeTombstone } from './ledger.js';
import { requireOwner } from './owner.js';
import { findRelation } from './relation.js';
import { persistently, transaction } from './transaction.js';
import { verifyTable } from './verification.js';
import type { EffectKey, Findings } from '../../src/engine/state/values.js';

/** How the databases of an environment are reached. */
export interface PostgresOptions {
  /** By the name that plans use. */
  readonly databases: Readonly<Record<string, { readonly url: string }>>;
  readonly environment: string;
  /** `local` when absent. */
  readonly kind?: Kind;
  /** Milliseconds for which locks are tried for within one verb; 30 s when absent. */
  readonly patience?: number;
}

export interface PostgresAdapter extends Adapter {
  /** Throws a `Refusal` when one of the databases is another environment's; says nothing of those it does not reach. */
  requireOwned(): Promise<void>;
  close(): Promise<void>;
}

/** Changes tables of PostgreSQL databases under live writers, and takes the changes back. */
export function createPostgresAdapter(options: PostgresOptions): PostgresAdapter {
  const databases = openDatabases({ patience: 30_000, kind: 'local', ...options });
  return {
    name: 'postgres',
    check: (act, work) => check(databases, act, work),
    read: (act, work) => read(databases, act, work),
    apply: (act, key, work) => apply(databases, act, key, work),
    undo: (act, action, key, work) => undo(databases, act, action, key, work),
    async restore(act) {
      throw new Refusal(
        act.id,
        `${act.target} cannot be put back from a capture`,
        'give the act an undo action',
      );
    },
    async fence(act, key, work) {
      const { effect } = await tombstone(databases, bindAction(act.do), key, work);
      return { effect: effect ? 'some' : 'none' };
    },
    async verify(acts, capture, key, work) {
      const [act] = acts;
      if (!act)
        throw new Refusal(capture.target, 'no act says which table it is', 'verify the acts of the target');
      const { table } = bindAction(act.do);
      return verifyTable({ database: databases.get(table.db), table, capture, key, work });
    },
    identify: (target, work) => identify(databases, target, work),
    requireOwned: () => requireOwned(databases),
    close: () => databases.close(),
  };
}

async function requireOwned(databases: Databases): Promise<void> {
  const work: Work = { signal: AbortSignal.timeout(10_000), heartbeat: () => undefined };
  const looks = databases.names.map((name) => {
    const database = databases.get(name);
    return transaction(database, work, { readOnly: true }, (tx) => requireOwner(tx, database));
  });
  for (const look of await Promise.allSettled(looks)) {
    if (look.status === 'rejected' && look.reason instanceof Refusal) throw look.reason;
  }
}

async function check(databases: Databases, act: Act, work: Work): Promise<Findings> {
  const action = bindAction(act.do);
  const undoing = act.undo.type === 'act' ? bindAction(act.undo.do) : undefined;
  const database = databases.get(action.table.db);
  try {
    return await transaction(database, work, { readOnly: true }, async (tx) => {
      await requireOwner(tx, database);
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

function apply(databases: Databases, act: Act, key: EffectKey, work: Work): Promise<Findings> {
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
): Promise<Findings> {
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
      await ensureSchema(tx, database);
      await requireOwner(tx, database);
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
