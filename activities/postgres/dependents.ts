import { Refusal } from '../../src/engine/base/errors.js';
import type { Tx } from './database.js';
import { presentName } from './names.js';
import type { Relation } from './relation.js';

/** What hangs on columns and is not carried over when these are dropped. */
export interface Dependent {
  /** As people know it: `view shop.report`, `constraint big_pkey (PRIMARY KEY (id))`. */
  readonly name: string;
  /** The drop would fail because of it, or a promise that the data keep would be gone with it. */
  readonly breaks: boolean;
}

/**
 * What would fail with the columns or vanish with them. What breaks comes first: everything for which the server refuses
 * the drop, and keys, uniqueness and references, which it drops without a word.
 */
export async function dependentsOf(
  tx: Tx,
  relation: Relation,
  columns: readonly string[],
): Promise<Dependent[]> {
  const present = columns.map((column) => presentName(relation, column));
  const { rows } = await tx.query<Dependent>(
    `WITH ${asked}, ${depends}
     SELECT name, bool_or(breaks) AS breaks FROM (${kinds.join(' UNION ALL ')}) found
      GROUP BY name ORDER BY bool_or(breaks) DESC, name`,
    [relation.oid, present],
  );
  return rows;
}

/** Refuses to drop columns while something would break with them. */
export async function requireNothingBreaks(
  tx: Tx,
  relation: Relation,
  columns: readonly string[],
): Promise<Dependent[]> {
  const dependents = await dependentsOf(tx, relation, columns);
  const breaking = dependents.filter(({ breaks }) => breaks).map(({ name }) => name);
  if (breaking.length === 0) return dependents;
  throw new Refusal(
    `table ${relation.sql}`,
    `${breaking.join(', ')} would break or be gone with ${columns.join(', ')}, and nothing carries it over`,
    'drop it or let it use the new columns first, or leave purgeColumns out of the plan',
  );
}

/** Every column that is asked about, by number. */
const asked = `asked AS (
  SELECT attnum, attname, attnotnull, attacl FROM pg_attribute
   WHERE attrelid = $1 AND attname = ANY ($2) AND NOT attisdropped)`;

/** Everything of which the server knows that it hangs on one of them. */
const depends = `depends AS (
  SELECT DISTINCT d.classid, d.objid, d.objsubid, d.deptype FROM pg_depend d JOIN asked a ON a.attnum = d.refobjsubid
   WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1)`;

const rules = `
  SELECT CASE WHEN r.rulename <> '_RETURN' THEN 'rule ' || r.rulename || ' of ' WHEN v.relkind = 'm' THEN 'materialized view '
              ELSE 'view ' END || v.oid::regclass AS name, true AS breaks
    FROM depends d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    JOIN pg_class v ON v.oid = r.ev_class`;

/** A check says what the old shape may hold, which the new one may do otherwise; not null belongs to the column itself. */
const constraints = `
  SELECT 'constraint ' || k.conname || CASE WHEN k.conrelid <> $1 THEN ' of ' || k.conrelid::regclass ELSE '' END
           || ' (' || pg_get_constraintdef(k.oid) || ')', k.contype <> 'c'
    FROM depends d JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
   WHERE k.contype <> 'n'`;

const indexes = `
  SELECT CASE WHEN x.indisunique THEN 'unique index ' ELSE 'index ' END || x.indexrelid::regclass, x.indisunique
    FROM depends d JOIN pg_index x ON d.classid = 'pg_class'::regclass AND x.indexrelid = d.objid`;

/** Up to version 14 the dependent is the column's expression, later the column itself. */
const generatedColumns = `
  SELECT 'generated column ' || g.attname, true
    FROM depends d LEFT JOIN pg_attrdef e ON d.classid = 'pg_attrdef'::regclass AND e.oid = d.objid
    JOIN pg_attribute g ON g.attrelid = $1 AND g.attgenerated <> '' AND g.attnum = coalesce(e.adnum, d.objsubid)
   WHERE (e.oid IS NOT NULL OR (d.classid = 'pg_class'::regclass AND d.objid = $1))
     AND g.attnum NOT IN (SELECT attnum FROM asked)`;

const ofTheColumnsThemselves = `
  SELECT 'default of ' || a.attname, false FROM asked a JOIN pg_attrdef e ON e.adrelid = $1 AND e.adnum = a.attnum
  UNION ALL SELECT 'NOT NULL of ' || attname, false FROM asked WHERE attnotnull
  UNION ALL SELECT 'rights on ' || attname, false FROM asked WHERE attacl IS NOT NULL`;

/** One that another column takes its default from keeps the column from being dropped. */
const sequences = `
  SELECT 'sequence ' || s.oid::regclass, EXISTS (
      SELECT FROM pg_depend u JOIN pg_attrdef e ON u.classid = 'pg_attrdef'::regclass AND e.oid = u.objid
       WHERE u.refclassid = 'pg_class'::regclass AND u.refobjid = s.oid
         AND NOT (e.adrelid = $1 AND e.adnum IN (SELECT attnum FROM asked)))
    FROM depends d JOIN pg_class s ON d.classid = 'pg_class'::regclass AND s.oid = d.objid AND s.relkind = 'S'`;

/** Functions, triggers, policies, publications, statistics: only the last go without a word. */
const others = `
  SELECT pg_describe_object(d.classid, d.objid, d.objsubid), d.deptype = 'n' FROM depends d
   WHERE d.classid NOT IN ('pg_rewrite'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass, 'pg_attrdef'::regclass)`;

const kinds = [rules, constraints, indexes, generatedColumns, ofTheColumnsThemselves, sequences, others];
