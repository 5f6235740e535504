import pg from 'pg';
import { createShop } from '../../../demo/shop/schema.js';
import { freshDatabaseOn } from '../fresh-database.js';

/** The shop's database of one test. */
export interface ShopDatabase {
  /** As the worker reaches it: the schema `shop` on its search path. */
  readonly url: string;
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** A connection of its own, for a transaction that stays open; released by `close`. */
  connect(): Promise<pg.PoolClient>;
  /** Everything in the catalogue that a migration could leave behind, our own records left out. */
  catalogue(): Promise<string>;
  /** Names of all schemas that are not PostgreSQL's own. */
  schemas(): Promise<string[]>;
  /** A checksum over every row of customers and orders, with all columns. */
  rows(): Promise<string>;
  /** A checksum over the customers' new shape, equal for equal customers in any database. */
  names(): Promise<string>;
  close(): Promise<void>;
}

const catalogue = `
  select jsonb_pretty(jsonb_build_object(
    'columns', (select jsonb_agg(jsonb_build_array(attrelid::regclass, attname, format_type(atttypid, atttypmod),
        attnotnull, attidentity, attgenerated, attacl, col_description(attrelid, attnum),
        (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = attrelid and adnum = attnum))
        order by attrelid::regclass::text, attnum)
      from pg_attribute where attrelid in (select oid from ours) and attnum > 0 and not attisdropped),
    'relations', (select jsonb_agg(jsonb_build_array(oid::regclass, relkind, relacl, reloptions,
        pg_get_userbyid(relowner)) order by oid::regclass::text) from ours),
    'indexes', (select jsonb_agg(pg_get_indexdef(indexrelid) order by indexrelid::regclass::text)
      from pg_index where indrelid in (select oid from ours)),
    'constraints', (select jsonb_agg(jsonb_build_array(conrelid::regclass, conname, pg_get_constraintdef(oid))
        order by conname, conrelid::regclass::text)
      from pg_constraint where conrelid in (select oid from ours)),
    'triggers', (select jsonb_agg(pg_get_triggerdef(oid) order by tgname) from pg_trigger
      where tgrelid in (select oid from ours) and not tgisinternal),
    'functions', (select jsonb_agg(oid::regprocedure order by oid::regprocedure::text) from pg_proc
      where pronamespace in (select oid from mine))
  )) as text`;

/** Of the schemas that are neither PostgreSQL's own nor our records. */
const scope = `
  with mine as (select oid from pg_namespace
      where nspname !~ '^pg_' and nspname not in ('information_schema', 'switchback')),
    ours as (select * from pg_class where relnamespace in (select oid from mine))`;

/** Makes a database with a shop of so many customers, always the same ones, on the server of a superuser's URL. */
export async function openShopDatabase(customers: number, server: string): Promise<ShopDatabase> {
  const database = await freshDatabaseOn(server);
  await createShop(database.url, { customers });
  const url = new URL(database.url);
  url.searchParams.set('options', '-c search_path=shop,public');
  const pool = new pg.Pool({ connectionString: url.href, application_name: 'test', max: 4 });
  pool.on('error', () => undefined);
  const text = async (statement: string): Promise<string> => {
    const { rows } = await pool.query<{ text: string }>(statement);
    return rows[0]?.text ?? '';
  };
  return {
    url: url.href,
    query: async <Row extends pg.QueryResultRow>(statement: string, values?: unknown[]) =>
      (await pool.query<Row>(statement, values)).rows,
    connect: () => pool.connect(),
    catalogue: () => text(scope + catalogue),
    schemas: async () =>
      (
        await pool.query<{ name: string }>(
          `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
            order by nspname`,
        )
      ).rows.map(({ name }) => name),
    rows: () =>
      text(`select md5(string_agg(row, e'\\n' order by row)) as text from (
        select customer::text as row from shop.customer union all select orders::text from shop.orders) all_rows`),
    names: () =>
      text(`select md5(string_agg(concat_ws('|', id, first_name, last_name, email, region), e'\\n' order by id)) as text
        from shop.customer`),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}
