import type pg from 'pg';

/** Definitions by kind and name: `column shop.customer.full_name` -> `text, not null`. */
export type Objects = Readonly<Record<string, string>>;

/** The engine's own books, which stay. */
const notOurs = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'switchback') AND n.nspname NOT LIKE 'pg\\_%'`;

/** Each a row for every object of a kind: its kind, its name, and all that makes it what it is. */
const kinds = [
  `SELECT 'schema', quote_ident(n.nspname), concat_ws(', ', 'owner ' || pg_get_userbyid(n.nspowner), n.nspacl::text)
     FROM pg_namespace n WHERE ${notOurs}`,
  `SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END, c.oid::regclass::text,
      concat_ws(', ', 'kind ' || c.relkind::text, 'persistence ' || c.relpersistence::text, 'owner ' || pg_get_userbyid(c.relowner),
        c.relacl::text, c.reloptions::text, 'replica identity ' || c.relreplident::text,
        CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
        'comment ' || obj_description(c.oid, 'pg_class'),
        CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
        (SELECT concat_ws(' ', s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle) FROM pg_sequence s WHERE s.seqrelid = c.oid))
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${notOurs} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
  `SELECT 'column', c.oid::regclass::text || '.' || quote_ident(a.attname),
      concat_ws(', ', 'number ' || (SELECT count(*) FROM pg_attribute b WHERE b.attrelid = c.oid AND b.attnum > 0 AND NOT b.attisdropped AND b.attnum <= a.attnum),
        format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
        'default ' || pg_get_expr(d.adbin, d.adrelid), 'identity ' || nullif(a.attidentity::text, ''), 'generated ' || nullif(a.attgenerated::text, ''),
        'collation ' || nullif(a.attcollation, 0)::regcollation::text, 'storage ' || a.attstorage::text, a.attacl::text, a.attoptions::text,
        'comment ' || col_description(c.oid, a.attnum))
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE ${notOurs} AND c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped`,
  `SELECT 'index', x.indexrelid::regclass::text,
      concat_ws(', ', pg_get_indexdef(x.indexrelid), CASE WHEN NOT x.indisvalid THEN 'invalid' END, CASE WHEN x.indisclustered THEN 'clustered' END)
     FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${notOurs}`,
  `SELECT 'constraint', c.oid::regclass::text || '.' || quote_ident(k.conname),
      concat_ws(', ', pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN 'not valid' END)
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${notOurs} AND k.contype <> 't'`,
  `SELECT 'trigger', c.oid::regclass::text || '.' || quote_ident(t.tgname), pg_get_triggerdef(t.oid) || ', enabled ' || t.tgenabled::text
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${notOurs} AND NOT t.tgisinternal`,
  `SELECT 'rule', c.oid::regclass::text || '.' || quote_ident(r.rulename), pg_get_ruledef(r.oid)
     FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${notOurs} AND c.relkind <> 'v' AND c.relkind <> 'm'`,
  `SELECT 'policy', c.oid::regclass::text || '.' || quote_ident(p.polname),
      concat_ws(', ', p.polcmd::text, p.polpermissive::text, p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
     FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${notOurs}`,
  `SELECT 'function', p.oid::regprocedure::text,
      concat_ws(', ', CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) END, 'owner ' || pg_get_userbyid(p.proowner), p.proacl::text)
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${notOurs}`,
  `SELECT 'type', format_type(t.oid, NULL),
      concat_ws(', ', 'kind ' || t.typtype::text, (SELECT string_agg(quote_literal(e.enumlabel), ' ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
        format_type(nullif(t.typbasetype, 0), t.typtypmod), t.typdefault,
        (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid))
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${notOurs} AND t.typtype IN ('e', 'd', 'r', 'm')`,
  `SELECT 'statistics', quote_ident(n.nspname) || '.' || quote_ident(s.stxname), pg_get_statisticsobjdef(s.oid)
     FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${notOurs}`,
  `SELECT 'extension', e.extname, e.extversion FROM pg_extension e`,
] as const;

/**
 * Every object of a database, but for the engine's own schema: read by the drill's own queries, so that what the engine does
 * not see of its captures is seen here.
 */
export async function objectsIn(tx: pg.ClientBase): Promise<Objects> {
  // With nothing on the path every name is written in full.
  await tx.query(`SET LOCAL search_path = pg_catalog`);
  const { rows } = await tx.query<{ kind: string; name: string; definition: string | null }>(
    kinds.map((sql) => `SELECT * FROM (${sql}) AS o (kind, name, definition)`).join(' UNION ALL '),
  );
  return Object.fromEntries(rows.map(({ kind, name, definition }) => [`${kind} ${name}`, definition ?? '']));
}

/** What differs, a sentence for each object. */
export function differingObjects(before: Objects, now: Objects): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before[name], now[name]];
    if (was === is) return [];
    if (was === undefined) return [`${name} is left over`];
    if (is === undefined) return [`${name} is gone`];
    return [`${name} was: ${was}; is: ${is}`];
  });
}
