import { canonicalJson, type Json, type JsonObject } from '../../src/engine/base/json.js';
import type { Tx } from './database.js';
import type { Relation } from './relation.js';
import { trackerTriggers } from './tracker.js';

/**
 * What the catalogue says of a table, by name and never by number: a column dropped again leaves a hole in the
 * numbering that must not count as a difference.
 */
const catalogue = `
  SELECT jsonb_build_object(
    'database', current_database(),
    'table', n.nspname || '.' || c.relname,
    'kind', c.relkind, 'persistence', c.relpersistence, 'owner', pg_get_userbyid(c.relowner),
    'options', to_jsonb(c.reloptions), 'tablespace', c.reltablespace, 'replicaIdentity', c.relreplident,
    'rowSecurity', jsonb_build_array(c.relrowsecurity, c.relforcerowsecurity),
    'comment', obj_description(c.oid, 'pg_class'),
    'grants', (SELECT jsonb_agg(g::text ORDER BY g::text) FROM unnest(c.relacl) g),
    'order', (SELECT jsonb_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'columns', (SELECT jsonb_object_agg(a.attname, jsonb_build_object(
        'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
        'default', pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity, 'generated', a.attgenerated,
        'collation', a.attcollation::regcollation::text, 'storage', a.attstorage,
        'statistics', to_jsonb(nullif(a.attstattarget, -1)), 'options', to_jsonb(a.attoptions),
        'comment', col_description(c.oid, a.attnum),
        'grants', (SELECT jsonb_agg(g::text ORDER BY g::text) FROM unnest(a.attacl) g)))
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'indexes', (SELECT jsonb_object_agg(i.relname, jsonb_build_object(
        'definition', pg_get_indexdef(x.indexrelid), 'valid', x.indisvalid, 'clustered', x.indisclustered))
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid),
    'constraints', (SELECT jsonb_object_agg(k.conname, jsonb_build_object(
        'definition', pg_get_constraintdef(k.oid), 'validated', k.convalidated, 'index', k.conindid::regclass::text))
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 't'),
    'referencedBy', (SELECT jsonb_object_agg(k.conrelid::regclass::text || '.' || k.conname, pg_get_constraintdef(k.oid))
      FROM pg_constraint k WHERE k.confrelid = c.oid AND k.contype = 'f'),
    'triggers', (SELECT jsonb_object_agg(t.tgname, jsonb_build_object(
        'definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled))
      FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
    'rules', (SELECT jsonb_object_agg(r.rulename, pg_get_ruledef(r.oid)) FROM pg_rewrite r WHERE r.ev_class = c.oid),
    'policies', (SELECT jsonb_object_agg(p.polname, jsonb_build_object(
        'command', p.polcmd, 'permissive', p.polpermissive, 'using', pg_get_expr(p.polqual, p.polrelid),
        'check', pg_get_expr(p.polwithcheck, p.polrelid),
        'roles', (SELECT jsonb_agg(o::regrole::text ORDER BY o::regrole::text) FROM unnest(p.polroles) o)))
      FROM pg_policy p WHERE p.polrelid = c.oid)
  ) AS state
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1`;

/** The table as the catalogue knows it, and which server and database this is: equal when nothing changed. */
export async function readCatalogue(tx: Tx, relation: Relation): Promise<JsonObject> {
  const path = await tx.query<{ path: string }>(`SELECT current_setting('search_path') AS path`);
  // With nothing but the system's schema on the path every other name is written in full.
  await tx.query(`SELECT set_config('search_path', 'pg_catalog', true)`);
  const { rows } = await tx.query<{ state: JsonObject }>(catalogue, [relation.oid]);
  await tx.query(`SELECT set_config('search_path', $1, true)`, [path.rows[0]?.path]);
  return { server: await systemIdentifier(tx), ...rows[0]?.state };
}

/** The catalogue as it would be without our tracker, which stays until the rollback is verified. */
export function withoutTracker(state: JsonObject): JsonObject {
  const triggers = Object.entries((state['triggers'] ?? {}) as JsonObject);
  const others = triggers.filter(([name]) => !trackerTriggers.includes(name));
  return { ...state, triggers: others.length > 0 ? Object.fromEntries(others) : null };
}

/** Where two readings differ, in words, at most `most` of them; empty when they are equal. */
export function differences(before: JsonObject, now: JsonObject, most = 5): string[] {
  return [...differing(before, now, '')].slice(0, most);
}

function* differing(before: Json | undefined, now: Json | undefined, path: string): Generator<string> {
  if (canonicalJson(before) === canonicalJson(now)) return;
  if (!isObject(before) || !isObject(now)) {
    yield `${path}: was ${canonicalJson(before)}, is ${canonicalJson(now)}`;
    return;
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    yield* differing(before[name], now[name], path === '' ? name : `${path}.${name}`);
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Which server this is, also under another address; null when the role may not read it. */
export async function systemIdentifier(tx: Tx): Promise<string | null> {
  const { rows } = await tx.query<{ readable: boolean }>(
    `SELECT has_function_privilege('pg_control_system()', 'EXECUTE') AS readable`,
  );
  if (rows[0]?.readable !== true) return null;
  const found = await tx.query<{ id: string }>(
    'SELECT system_identifier::text AS id FROM pg_control_system()',
  );
  return found.rows[0]?.id ?? null;
}
