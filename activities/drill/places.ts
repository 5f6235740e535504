import type pg from 'pg';
import type { JsonObject } from '../../src/engine/base/json.js';
import { actsOf, type Plan } from '../../src/engine/plan/plan.js';

/** Where rows can be written beside a rollout, in the old shape and in the new one. */
export interface Place {
  /** Table and column in full: `shop.customer.full_name`. */
  readonly id: string;
  readonly db: string;
  /** In full, quoted. */
  readonly table: string;
  readonly key: string;
  /** The column of the old shape that is written. */
  readonly column: string;
  /** Its value as the new shape has it: an expression over `candidate`. */
  readonly back: string;
  /** The columns of the new shape. */
  readonly candidate: readonly string[];
}

/** What a plan says of two shapes of a table, as `keepInSync` has it. */
interface Shapes {
  readonly db: string;
  readonly table: string;
  readonly key: string;
  readonly forward: JsonObject;
  readonly back: JsonObject;
}

const isText = /^(text|character varying.*|citext)$/;

/**
 * The places of a database in which a drill can write what an application would, as far as the plan says how its shapes
 * come from each other; and why not where it cannot.
 */
export async function placesIn(
  tx: pg.ClientBase,
  db: string,
  plan: Plan,
): Promise<{ readonly places: readonly Place[]; readonly without: readonly string[] }> {
  const places: Place[] = [];
  const without: string[] = [];
  for (const table of tablesOf(plan, db)) {
    const shapes = shapesOf(plan, db, table);
    const [column] = Object.keys(shapes?.back ?? {});
    const back = column === undefined ? undefined : shapes?.back[column];
    const found = column === undefined ? undefined : await lookUp(tx, table, column);
    if (shapes === undefined || column === undefined || typeof back !== 'string' || !found) {
      without.push(
        `nobody writes ${db}.${table} beside a rollout: the plan does not say how its rows are written`,
      );
    } else if (!isText.test(found.type)) {
      without.push(
        `nobody writes ${db}.${table} beside a rollout: ${column} is ${found.type}, and only text is written`,
      );
    } else {
      const candidate = Object.keys(shapes.forward);
      places.push({
        id: `${found.name}.${column}`,
        db,
        table: found.name,
        key: shapes.key,
        column,
        back,
        candidate,
      });
    }
  }
  return { places, without };
}

function tablesOf({ scope }: Plan, db: string): string[] {
  const prefix = `table:${db}.`;
  return scope.filter((target) => target.startsWith(prefix)).map((target) => target.slice(prefix.length));
}

function shapesOf(plan: Plan, db: string, table: string): Shapes | undefined {
  const inputs = actsOf(plan).flatMap(({ do: { kind, input } }) =>
    kind === 'postgres.keepInSync' ? [input] : [],
  );
  return inputs.find((input) => input['db'] === db && input['table'] === table) as unknown as
    Shapes | undefined;
}

async function lookUp(
  tx: pg.ClientBase,
  table: string,
  column: string,
): Promise<{ readonly name: string; readonly type: string } | undefined> {
  const { rows } = await tx.query<{ name: string; type: string }>(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, format_type(a.atttypid, a.atttypmod) AS type
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $2 AND NOT a.attisdropped
      WHERE c.oid = to_regclass($1)`,
    [table, column],
  );
  return rows[0];
}
