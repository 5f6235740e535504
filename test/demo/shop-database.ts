import pg from 'pg';
import { createShop } from '../../demo/shop/schema.js';
import { freshDatabase } from '../support/servers.js';

/** A database with a shop in it. */
export interface ShopDatabase {
  readonly url: string;
  execute(sql: string): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** A shop of a test's own. */
export async function shopDatabase(customers: number): Promise<ShopDatabase> {
  const database = await freshDatabase();
  await createShop(database.url, { customers });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return {
    url: database.url,
    execute: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    async drop() {
      await client.end();
      await database.drop();
    },
  };
}

/** What a migration would do, by hand: the two columns, a trigger that keeps both sides in step, and a backfill. */
export const EXPAND = `
  alter table shop.customer add column first_name text, add column last_name text;
  create function shop.sync_name() returns trigger language plpgsql as $$
  begin
    if new.full_name is null
        or (tg_op = 'UPDATE' and (new.first_name, new.last_name) is distinct from (old.first_name, old.last_name)) then
      new.full_name := new.first_name || ' ' || new.last_name;
    elsif tg_op = 'INSERT' or new.full_name is distinct from old.full_name or new.first_name is null then
      new.first_name := split_part(new.full_name, ' ', 1);
      new.last_name := substr(new.full_name, length(new.first_name) + 2);
    end if;
    return new;
  end $$;
  create trigger sync_name before insert or update on shop.customer
    for each row execute function shop.sync_name();
  update shop.customer set full_name = full_name;`;
