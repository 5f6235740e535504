/** Schemas whose content has to be as before: not the system's, and not the one named by `$1`. */
export const ourSpaces = `
  SELECT oid, nspname, nspowner, nspacl FROM pg_catalog.pg_namespace
   WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', $1)`;

/**
 * Every object of a database, a row each: what it is and its name, and all that defines it as text. By name and never by
 * number: what is dropped and made again as it was is as before. Written apart from what the adapter captures, which it
 * is to find out.
 */
export const catalogueQuery = `
WITH space AS (${ourSpaces}),
relation AS (SELECT c.*, s.nspname || '.' || c.relname AS name
  FROM pg_catalog.pg_class c JOIN space s ON s.oid = c.relnamespace),
seen AS (
  SELECT 'schema ' || nspname AS name, jsonb_build_array(nspowner::regrole, nspacl) AS definition FROM space
  UNION ALL
  SELECT CASE relkind WHEN 'r' THEN 'table ' WHEN 'p' THEN 'table ' WHEN 'v' THEN 'view '
           WHEN 'm' THEN 'materialized view ' WHEN 'f' THEN 'foreign table ' ELSE 'type ' END || name,
         jsonb_build_array(relkind, relowner::regrole, relpersistence, reloptions, reltablespace, relreplident,
           coalesce(relacl, acldefault('r', relowner)), relrowsecurity, relforcerowsecurity,
           obj_description(oid, 'pg_class'), pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid),
           CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END)
    FROM relation WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
  UNION ALL
  SELECT 'column ' || r.name || '.' || a.attname,
         jsonb_build_array(format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
           a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attstorage, a.attcompression,
           nullif(a.attstattarget, -1), a.attoptions, a.attacl, col_description(r.oid, a.attnum),
           -- Its place among the columns that are there: a dropped one leaves a hole in the numbers.
           (SELECT count(*) FROM pg_attribute b
             WHERE b.attrelid = a.attrelid AND b.attnum > 0 AND b.attnum <= a.attnum AND NOT b.attisdropped))
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
  UNION ALL
  SELECT 'index ' || s.nspname || '.' || i.relname,
         jsonb_build_array(pg_get_indexdef(x.indexrelid), x.indisvalid, x.indisready, x.indisclustered, i.reloptions)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN space s ON s.oid = i.relnamespace
  UNION ALL
  SELECT 'constraint ' || r.name || '.' || k.conname,
         jsonb_build_array(pg_get_constraintdef(k.oid), k.convalidated, k.condeferrable, k.condeferred)
    FROM pg_constraint k JOIN relation r ON r.oid = k.conrelid
  UNION ALL
  SELECT 'trigger ' || r.name || '.' || t.tgname, jsonb_build_array(pg_get_triggerdef(t.oid), t.tgenabled)
    FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT 'rule ' || r.name || '.' || w.rulename, jsonb_build_array(pg_get_ruledef(w.oid), w.ev_enabled)
    FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
  UNION ALL
  SELECT 'policy ' || r.name || '.' || p.polname,
         jsonb_build_array(p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
           pg_get_expr(p.polwithcheck, p.polrelid), p.polroles::regrole[])
    FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
  UNION ALL
  SELECT 'sequence ' || r.name,
         jsonb_build_array(q.seqtypid::regtype, q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle,
           r.relowner::regrole, coalesce(r.relacl, acldefault('s', r.relowner)))
    FROM pg_sequence q JOIN relation r ON r.oid = q.seqrelid
  UNION ALL
  SELECT 'function ' || s.nspname || '.' || f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')',
         jsonb_build_array(CASE WHEN f.prokind = 'a' THEN f.prosrc ELSE pg_get_functiondef(f.oid) END,
           f.proowner::regrole, f.proacl, obj_description(f.oid, 'pg_proc'))
    FROM pg_proc f JOIN space s ON s.oid = f.pronamespace
  UNION ALL
  SELECT 'type ' || s.nspname || '.' || t.typname,
         jsonb_build_array(t.typtype, t.typowner::regrole, t.typnotnull, t.typdefault, t.typacl,
           format_type(t.typbasetype, t.typtypmod),
           (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
           (SELECT jsonb_agg(pg_get_constraintdef(k.oid) ORDER BY k.conname) FROM pg_constraint k
             WHERE k.contypid = t.oid))
    FROM pg_type t JOIN space s ON s.oid = t.typnamespace WHERE t.typtype IN ('e', 'd', 'r')
  UNION ALL
  SELECT 'extension ' || extname, jsonb_build_array(extversion, extnamespace::regnamespace) FROM pg_extension
  UNION ALL
  SELECT 'event trigger ' || evtname, jsonb_build_array(evtevent, evtfoid::regprocedure, evtenabled, evttags)
    FROM pg_event_trigger
  UNION ALL
  SELECT 'publication ' || p.pubname,
         jsonb_build_array(p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
           (SELECT jsonb_agg(t.prrelid::regclass::text ORDER BY t.prrelid::regclass::text)
              FROM pg_publication_rel t WHERE t.prpubid = p.oid))
    FROM pg_publication p)
SELECT name, definition::text FROM seen`;
