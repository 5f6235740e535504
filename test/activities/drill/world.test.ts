import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareWith, lookAround, type Before, type Scratch } from '../../../activities/drill/world.js';
import { Writer } from '../../../activities/drill/writer.js';
import type { DrillStore, DrillWrite } from '../../../activities/records/drills.js';
import { writeInitialFlags } from '../../../demo/shop/initial-flags.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';
import { work } from '../../../src/testing/index.js';
import { query } from '../../support/query.js';
import { freshDatabase, type FreshDatabase } from '../../support/servers.js';

const plan = splitCustomerName.evaluate({});
let database: FreshDatabase;
let folder: string;
let file: string;
let url: string;
let scratch: Scratch;
let before: Before;

beforeEach(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'switchback-drill-'));
  file = join(folder, 'flags.json');
  await writeInitialFlags(file);
  const at = new URL(database.url);
  at.searchParams.set('options', '-c search_path=shop,public');
  url = at.href;
  await query(database.url, 'CREATE SCHEMA shop');
  await query(url, 'CREATE TABLE shop.customer (id int PRIMARY KEY, full_name text NOT NULL, region text)');
  await query(url, 'CREATE TABLE shop.log (line text)');
  await query(
    url,
    `INSERT INTO shop.customer SELECT g, 'Ada Nr' || g, 'north' FROM generate_series(1, 400) g`,
  );
  await query(url, `INSERT INTO shop.log VALUES ('one'), ('two'), ('two')`);
  scratch = { databases: { shop: url }, flagFiles: { flags: file }, adapters: [] };
  before = await lookAround(scratch, plan, work());
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const compare = (writes: readonly DrillWrite[] = []) => compareWith(before, scratch, plan, writes, work());
const differences = async () => (await compare()).differences;
const untouched = () => Object.keys(before.databases['shop']!.tables['shop.customer']!.sampled)[0]!;

describe('what a drill sees of the world', () => {
  it('is nothing where nothing changed, of every row there is', async () => {
    expect(await compare()).toEqual({ differences: [], rowsCompared: 403, rowsLost: 0 });
  });

  it.each([
    ['ALTER TABLE shop.customer ADD first_name text', /^column shop\.customer\.first_name is left over$/],
    ['ALTER TABLE shop.customer DROP region', /^column shop\.customer\.region is gone$/],
    [
      'ALTER TABLE shop.customer ALTER full_name DROP NOT NULL',
      /^column shop\.customer\.full_name was: .*not null/,
    ],
    ['CREATE INDEX left_over ON shop.customer (region)', /^index shop\.left_over is left over$/],
    [
      'ALTER TABLE shop.customer ADD CONSTRAINT positive CHECK (id > 0)',
      /^constraint shop\.customer\.positive is left over$/,
    ],
    [
      'CREATE FUNCTION shop.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      /^function shop\.f\(\) is left over$/,
    ],
    ['CREATE VIEW shop.v AS SELECT 1 AS one', /^view shop\.v is left over$/],
    [
      "COMMENT ON COLUMN shop.customer.region IS 'where'",
      /^column shop\.customer\.region was: .*comment where/,
    ],
    ['GRANT SELECT ON shop.customer TO PUBLIC', /^table shop\.customer was:/],
    ["CREATE TYPE shop.mood AS ENUM ('good')", /^type shop\.mood is left over$/],
  ])('%s is seen', async (statement, difference) => {
    await query(url, statement);
    expect(await differences()).toContainEqual(expect.stringMatching(difference));
  });

  it('is a trigger that is left over, or is off', async () => {
    await query(
      url,
      'CREATE FUNCTION shop.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    );
    await query(
      url,
      'CREATE TRIGGER sync BEFORE UPDATE ON shop.customer FOR EACH ROW EXECUTE FUNCTION shop.f()',
    );
    expect(await differences()).toContainEqual('trigger shop.customer.sync is left over');
    before = await lookAround(scratch, plan, work());
    await query(url, 'ALTER TABLE shop.customer DISABLE TRIGGER sync');
    expect(await differences()).toContainEqual(
      expect.stringMatching(/^trigger shop\.customer\.sync was: .*enabled D$/),
    );
  });

  it('is a row that nobody wrote, by name, also in a table without a key', async () => {
    const key = untouched();
    await query(url, `UPDATE shop.customer SET region = 'south' WHERE id = $1`, [Number(key)]);
    await query(url, `DELETE FROM shop.log WHERE ctid = (SELECT min(ctid) FROM shop.log)`);
    const found = await differences();
    expect(found).toContainEqual(
      expect.stringMatching(new RegExp(`rows of shop.customer .*among them ${key}`)),
    );
    expect(found).toContainEqual(
      expect.stringMatching(/rows of shop.log that nobody wrote are not as they were: 3/),
    );
  });

  it('is a flag that is another than it was', async () => {
    const flags = JSON.parse(await readFile(file, 'utf8')) as { flags: Record<string, object> };
    Object.assign(flags.flags['split-name']!, { targeting: { if: [true, 'on', 'off'] } });
    await writeFile(file, JSON.stringify(flags));
    expect(await differences()).toContainEqual(
      expect.stringMatching(/^flag split-name of flags was .*targeting/),
    );
  });
});

describe('what a drill writes', () => {
  /** The store, in memory. */
  function drills() {
    const writes = new Map<number, DrillWrite>();
    const store = {
      async intend(_rollout: string, write: DrillWrite) {
        writes.set(write.number, { ...write, acknowledged: false });
      },
      async acknowledge(_rollout: string, number: number) {
        writes.set(number, { ...writes.get(number)!, acknowledged: true });
      },
      async forget(_rollout: string, number: number) {
        writes.delete(number);
      },
    } as unknown as DrillStore;
    return { store, all: () => [...writes.values()] };
  }

  it('is there afterwards, and is missed when it is not', async () => {
    const { store, all } = drills();
    const writer = new Writer('rollout/drills/split/1', store, scratch, before, 0);
    for (let index = 0; index < 30; index += 1) await writer.write(false);
    await writer.close();
    expect(all()).toHaveLength(30);
    expect(all().every(({ acknowledged }) => acknowledged)).toBe(true);
    expect(await compare(all())).toEqual({ differences: [], rowsCompared: 403, rowsLost: 0 });
    const { key, value } = all().at(-1)!;
    await query(url, `UPDATE shop.customer SET full_name = 'somebody else' WHERE id = $1`, [Number(key)]);
    const found = await compare(all());
    expect(found.rowsLost).toBe(1);
    expect(found.differences).toEqual([
      `shop.customer.full_name of row ${key}: ${value} was acknowledged, and somebody else is there`,
    ]);
  });

  it('that nobody acknowledged may be there or not, and one that was refused never was', async () => {
    const { store, all } = drills();
    const writer = new Writer('rollout/drills/split/1', store, scratch, before, 0);
    // The columns of the new shape are not there.
    await writer.write(true);
    await writer.write(true);
    await writer.close();
    expect(all().map(({ number }) => number)).toEqual([1]);
    const maybe = all().map((write) => ({ ...write, acknowledged: false }));
    expect((await compare(maybe)).differences).toEqual([]);
    await query(url, `UPDATE shop.customer SET full_name = 'Ada Nr' || id WHERE id = $1`, [
      Number(all()[0]!.key),
    ]);
    expect((await compare(maybe)).differences).toEqual([]);
    expect((await compare(all())).rowsLost).toBe(1);
  });

  it('in the new shape has to be there in the old one', async () => {
    await query(url, 'ALTER TABLE shop.customer ADD first_name text, ADD last_name text');
    const { store, all } = drills();
    const writer = new Writer('rollout/drills/split/1', store, scratch, before, 0);
    await writer.write(true);
    await writer.write(true);
    await writer.close();
    await query(url, 'ALTER TABLE shop.customer DROP first_name, DROP last_name');
    // Nothing has kept both in sync.
    const second = all()[1]!;
    expect(second).toMatchObject({ value: 'first_name-2 last_name-2', acknowledged: true });
    expect((await compare(all())).differences).toEqual([
      expect.stringContaining(`${second.value} was acknowledged, and Ada Nr${second.key} is there`),
    ]);
  });
});
