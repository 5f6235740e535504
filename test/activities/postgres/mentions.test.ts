import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokensOf } from '../../../activities/postgres/tokens.js';
import { work } from '../../../src/testing/index.js';
import { act, shop, type Shop } from './given.js';

let place: Shop;
beforeAll(async () => {
  place = await shop();
  await place.query(`CREATE TABLE subs (id int PRIMARY KEY, name text NOT NULL, username text, search tsvector);
    CREATE TABLE audit (name text, entry text)`);
});
afterAll(() => place.close());

const on = { db: 'shop', table: 'subs' };
const keepInSync = { ...on, key: 'id', forward: { label: 'name' }, back: { name: 'label' } };
const retire = act('retire', 'postgres.retireColumn', { ...on, columns: ['name'], keepInSync });

/** What preflight says of a table whose trigger has such a body. */
async function checked(body: string, call = 'f()', language = 'plpgsql'): Promise<unknown> {
  await place.query(`CREATE FUNCTION f() RETURNS trigger LANGUAGE ${language} AS $f$${body}$f$;
    CREATE TRIGGER own BEFORE INSERT OR UPDATE ON subs FOR EACH ROW EXECUTE FUNCTION ${call}`);
  try {
    return await place.adapter.check({ ...retire, target: 'table:shop.subs' }, work());
  } finally {
    await place.query('DROP FUNCTION f CASCADE');
  }
}

const naming: Record<string, string> = {
  'the new row': 'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END',
  'in another case, apart': 'BEGIN new . NAME = 1; RETURN new; END',
  'in quotes': 'BEGIN NEW."name" := 1; RETURN NEW; END',
  'a copy of the row': 'DECLARE r record; BEGIN r := NEW; r.name := 1; RETURN r; END',
  'as JSON': `BEGIN NEW.username := to_jsonb(NEW) ->> 'name'; RETURN NEW; END`,
  'the table': 'BEGIN UPDATE subs SET name = 1 WHERE id = 2; RETURN NEW; END',
  'the type of the column': 'DECLARE v subs.name%TYPE; BEGIN RETURN NEW; END',
  'in a statement that is put together': `BEGIN EXECUTE 'UPDATE subs SET name = 1'; RETURN NEW; END`,
};

test.each(Object.entries(naming))('a trigger that names the column is refused: %s', async (_title, body) => {
  await expect(checked(body)).rejects.toThrow('the function of trigger own names it');
});

test('a trigger that hands the column on as an argument is refused', async () => {
  await place.query(`CREATE TRIGGER own BEFORE INSERT ON subs FOR EACH ROW
    EXECUTE FUNCTION tsvector_update_trigger(search, 'pg_catalog.simple', name)`);
  const refused = place.adapter.check({ ...retire, target: 'table:shop.subs' }, work());
  await expect(refused).rejects.toThrow('the function of trigger own names it');
  await place.query('DROP TRIGGER own ON subs');
});

const innocent: Record<string, string> = {
  'a longer word': 'BEGIN NEW.username := lower(NEW.username); RETURN NEW; END',
  'a comment': 'BEGIN -- NEW.name stays\n /* subs.name, too */ RETURN NEW; END',
  'a text': `BEGIN RAISE NOTICE 'NEW.name of subs is %', NEW.id; RETURN NEW; END`,
  'a column of another table': `BEGIN INSERT INTO audit (name) VALUES (NEW.username); RETURN NEW; END`,
  'a variable': `DECLARE name text := 'x'; BEGIN NEW.username := name; RETURN NEW; END`,
  'another case in quotes': 'DECLARE r record; BEGIN SELECT 1 AS "Name" INTO r; RETURN NEW; END',
};

test.each(Object.entries(innocent))('a trigger with %s is not', async (_title, body) => {
  expect(await checked(body)).not.toHaveProperty('warnings');
});

test('a function elsewhere that names both is told, and one that names only the word is not', async () => {
  await place.query(`
    CREATE FUNCTION find_sub(text) RETURNS SETOF int LANGUAGE sql AS 'SELECT id FROM subs WHERE name = $1';
    CREATE FUNCTION find_user(text) RETURNS SETOF int LANGUAGE sql AS 'SELECT id FROM subs WHERE username = $1';
    CREATE FUNCTION find_audit(text) RETURNS SETOF text LANGUAGE sql AS 'SELECT entry FROM audit WHERE name = $1'`);
  expect(await place.adapter.check({ ...retire, target: 'table:shop.subs' }, work())).toMatchObject({
    warnings: ['find_sub(text) may fail without name'],
  });
});

test('reads names, texts and signs apart', () => {
  const words = (body: string) => tokensOf(body).map(({ kind, text }) => `${kind[0]}:${text}`);
  expect(words(`a."B""c"->>'it''s' /* d */ E'\\'e' $x$ f $$ g $x$ := $1 -- h`)).toEqual([
    'w:a',
    's:.',
    'w:B"c',
    's:->>',
    `s:it's`,
    `s:\\'e`,
    's: f $$ g ',
    's::=',
    's:$',
    's:1',
  ]);
});
