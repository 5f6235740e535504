import type { ShopDatabase } from '../support/rollouts/database.js';

/**
 * PostgreSQL itself notes every change of a definition that is committed, outside of the schema `switchback`: an act
 * that had its effect twice stands there twice, whatever the ledger says.
 */
export async function noteDefinitions(database: ShopDatabase): Promise<{ read(): Promise<string[]> }> {
  await database.query(`
    create schema witness;
    create table witness.definition (number bigint generated always as identity, what text);
    create function witness.note() returns event_trigger language plpgsql as $$
      begin
        insert into witness.definition (what)
          select command_tag || ' ' || object_identity from pg_event_trigger_ddl_commands()
           where coalesce(schema_name, '') not in ('switchback', 'pg_temp');
      end $$;
    create function witness.note_drop() returns event_trigger language plpgsql as $$
      begin
        insert into witness.definition (what)
          select 'DROP ' || object_identity from pg_event_trigger_dropped_objects()
           where original and coalesce(schema_name, '') not in ('switchback', 'pg_temp');
      end $$;
    create event trigger witness_note on ddl_command_end execute function witness.note();
    create event trigger witness_note_drop on sql_drop execute function witness.note_drop();`);
  return {
    read: async () =>
      (await database.query<{ what: string }>('select what from witness.definition order by number')).map(
        ({ what }) => what,
      ),
  };
}

/** Gives every row the same age in every run, so that rows and their checksums can be compared between runs. */
export async function stopClocks(database: ShopDatabase): Promise<void> {
  await database.query(`update shop.customer set created_at = 'epoch'`);
  await database.query(`update shop.orders set placed_at = 'epoch'`);
  // Left to autovacuum, this would stand in the way of the first act's locks.
  await database.query('vacuum shop.customer, shop.orders');
}
