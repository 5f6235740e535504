import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../demo/load/audit.js';
import { Ledger, type LedgerRecord, type WrittenName } from '../../demo/load/ledger.js';
import { nameOf } from '../../demo/shop/names.js';
import { createShop } from '../../demo/shop/schema.js';
import { EXPAND, shopDatabase, type ShopDatabase } from './shop-database.js';

const CUSTOMERS = 1_000;

describe('the shop database', () => {
  let shop: ShopDatabase;
  beforeAll(async () => {
    shop = await shopDatabase(CUSTOMERS);
  });
  afterAll(() => shop.drop());

  test('has customers 1 to n, about one in ten of them with a name of three words', async () => {
    const [found] = await shop.execute(
      `select count(*)::int as n, min(id)::int as first, max(id)::int as last,
         count(*) filter (where full_name like '% % %')::int as three,
         count(*) filter (where full_name !~ '^[^ ]+( [^ ]+){1,2}$')::int as odd,
         (select count(*)::int from shop.orders) as orders from shop.customer`,
    );
    expect(found).toMatchObject({ n: CUSTOMERS, first: 1, last: CUSTOMERS, odd: 0 });
    expect(Number(found?.['three']) / CUSTOMERS).toBeCloseTo(0.1, 1);
    expect(Number(found?.['orders']) / CUSTOMERS).toBeGreaterThan(1.5);
    expect(Number(found?.['orders']) / CUSTOMERS).toBeLessThan(2.5);
  });

  test('made again, is left as it is', async () => {
    await shop.execute(`update shop.customer set full_name = 'Changed Since' where id = 1`);
    expect(await createShop(shop.url, { customers: 5 })).toMatchObject({
      customers: CUSTOMERS,
      created: false,
    });
    expect(await shop.execute('select full_name from shop.customer where id = 1')).toEqual([
      { full_name: 'Changed Since' },
    ]);
  });

  test('refuses a number of customers that makes no sense', async () => {
    await expect(createShop(shop.url, { customers: 0 })).rejects.toThrow('customers is 0');
  });
});

describe('the judge', () => {
  const jan: WrittenName = { ...nameOf('Jan', 'van Dijk'), arm: 'baseline' };
  const maryAnn: WrittenName = { ...nameOf('Mary Ann', 'Smith'), arm: 'candidate' };
  let shop: ShopDatabase;
  let ledger: LedgerRecord;

  beforeAll(async () => {
    shop = await shopDatabase(CUSTOMERS);
    await shop.execute(EXPAND);
    await shop.execute(`
      update shop.customer set full_name = 'Jan van Dijk' where id = 1;
      update shop.customer set first_name = 'Mary Ann', last_name = 'Smith' where id = 2;
      insert into shop.customer (id, first_name, last_name, email, region) values (5000, 'Mary Ann', 'Smith', 'm', 'n');
      insert into shop.orders (id, customer_id, total_cents) values (90000, 1, 700), (90001, 5000, 800);`);
    const keeper = new Ledger(CUSTOMERS);
    keeper.renamed(1, jan);
    keeper.renamed(2, maryAnn);
    keeper.customerCreated(5000, maryAnn);
    keeper.renameInDoubt(1, { ...maryAnn, arm: 'unknown' }, 'silent');
    keeper.renameInDoubt(3, { ...maryAnn, arm: 'unknown' }, 'silent');
    keeper.orderPlaced({ id: 90000, customerId: 1, totalCents: 700 });
    keeper.orderPlaced({ id: 90001, customerId: 5000, totalCents: 800 });
    ledger = JSON.parse(JSON.stringify(keeper.record())) as LedgerRecord;
  });
  afterAll(() => shop.drop());

  /** Judges with the damage done, and repairs it. */
  async function judgeAfter(damage: string): Promise<Awaited<ReturnType<typeof audit>>> {
    // Other connections must see the damage, so it is committed; the copies bring everything back.
    await shop.execute(`
      create table shop.customer_kept as table shop.customer; create table shop.orders_kept as table shop.orders;
      alter table shop.customer disable trigger sync_name;`);
    await shop.execute(damage);
    const judgement = await audit(shop.url, ledger);
    await shop.execute(`
      alter table shop.customer alter column full_name drop not null;
      truncate shop.orders, shop.customer;
      insert into shop.customer select * from shop.customer_kept; insert into shop.orders select * from shop.orders_kept;
      drop table shop.customer_kept, shop.orders_kept;
      alter table shop.customer enable trigger sync_name;`);
    return judgement;
  }

  test('finds everything in its place', async () => {
    expect(await audit(shop.url, ledger)).toEqual({
      rowsLost: 0,
      checked: CUSTOMERS + 3,
      unverified: 1,
      examples: [],
    });
  });

  test.each([
    [
      'an untouched customer',
      'delete from shop.orders where customer_id = 77; delete from shop.customer where id = 77',
      'customer',
      77,
    ],
    [
      'a created customer',
      'delete from shop.orders where customer_id = 5000; delete from shop.customer where id = 5000',
      'customer',
      5000,
    ],
    ['an acknowledged full name', `update shop.customer set full_name = 'Old Name' where id = 1`, 'name', 1],
    [
      'an acknowledged split',
      `update shop.customer set first_name = 'Mary', last_name = 'Ann Smith' where id = 2`,
      'name',
      2,
    ],
    [
      'a name in one column of two',
      `update shop.customer set full_name = 'Mary Smith' where id = 2`,
      'name',
      2,
    ],
    ['an order', 'delete from shop.orders where id = 90000', 'order', 90000],
    ['an order of another', 'update shop.orders set customer_id = 2 where id = 90000', 'order', 90000],
  ])('counts the loss of %s', async (_what, damage, kind, id) => {
    const judgement = await judgeAfter(damage);
    expect(judgement.examples).toContainEqual(expect.objectContaining({ kind, id }));
    // A created customer takes an acknowledged order along.
    expect(judgement.rowsLost).toBe(id === 5000 ? 2 : 1);
  });

  test('accepts either name where the answer never came, and no third', async () => {
    expect(
      await judgeAfter(
        `update shop.customer set full_name = 'Mary Ann Smith', first_name = 'Mary Ann', last_name = 'Smith' where id = 1`,
      ),
    ).toMatchObject({ rowsLost: 0 });
    expect(
      await judgeAfter(
        `update shop.customer set full_name = 'A Third', first_name = 'A', last_name = 'Third' where id = 1`,
      ),
    ).toMatchObject({ rowsLost: 1 });
  });

  test('counts many losses and shows a few', async () => {
    const judgement = await judgeAfter(
      'delete from shop.orders where customer_id between 100 and 299; delete from shop.customer where id between 100 and 299',
    );
    expect(judgement.rowsLost).toBe(200);
    expect(judgement.examples).toHaveLength(20);
  });

  test('reads a table whose old column was set aside, and one that never had the new', async () => {
    await shop.execute('alter table shop.customer rename full_name to retired_full_name');
    expect(await audit(shop.url, ledger)).toMatchObject({ rowsLost: 0 });
    await shop.execute(`alter table shop.customer rename retired_full_name to full_name;
      drop trigger sync_name on shop.customer;
      alter table shop.customer drop column first_name, drop column last_name`);
    expect(await audit(shop.url, ledger)).toMatchObject({ rowsLost: 0 });
    await shop.execute('alter table shop.customer drop column full_name');
    expect(await audit(shop.url, ledger)).toMatchObject({ rowsLost: 4 });
  });
});
