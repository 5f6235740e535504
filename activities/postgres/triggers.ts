import { Refusal } from '../../src/engine/base/errors.js';
import type { Tx } from './database.js';
import type { Relation } from './relation.js';

/** A trigger of ours, in the parts of its statement. */
export interface OwnTrigger {
  readonly name: string;
  /** `BEFORE INSERT OR UPDATE` */
  readonly events: string;
  /** `ROW WHEN (...)`, or `STATEMENT` */
  readonly each: string;
  /** The function it calls. */
  readonly calls: string;
}

/** Puts a trigger in place. ALWAYS: else a writer in replica mode (a subscription, a restore) would pass it by. */
export async function putTrigger(tx: Tx, relation: Relation, trigger: OwnTrigger): Promise<void> {
  await tx.query(created(relation, trigger));
  await tx.query(armed(relation, trigger));
}

/** Refuses a table on which one of our triggers is off or gone: its writers reach one shape only, and are not seen. */
export async function requireArmed(
  tx: Tx,
  relation: Relation,
  triggers: readonly OwnTrigger[],
): Promise<void> {
  const { rows } = await tx.query<{ name: string; mode: string }>(
    'SELECT tgname AS name, tgenabled::text AS mode FROM pg_trigger WHERE tgrelid = $1',
    [relation.oid],
  );
  const modes = new Map(rows.map(({ name, mode }) => [name, mode]));
  const off = triggers.filter(({ name }) => modes.get(name) !== 'A');
  if (off.length === 0) return;
  const said = off.map(({ name }) => `trigger ${name} ${stateOf(modes.get(name))}`);
  const statements = off.map((one) =>
    modes.has(one.name) ? armed(relation, one) : `${created(relation, one)}; ${armed(relation, one)}`,
  );
  throw new Refusal(
    `table ${relation.sql}`,
    `${said.join(', ')}: what was written meanwhile may have reached one shape only`,
    `find out who did that, then ${statements.join('; ')}; then try again, and every row is compared`,
  );
}

function stateOf(mode: string | undefined): string {
  switch (mode) {
    case undefined:
      return 'is gone';
    case 'D':
      return 'is disabled';
    default:
      return 'does not fire for every writer';
  }
}

function created(relation: Relation, { name, events, each, calls }: OwnTrigger): string {
  return `CREATE TRIGGER ${name} ${events} ON ${relation.sql} FOR EACH ${each} EXECUTE FUNCTION ${calls}`;
}

function armed(relation: Relation, { name }: OwnTrigger): string {
  return `ALTER TABLE ${relation.sql} ENABLE ALWAYS TRIGGER ${name}`;
}
