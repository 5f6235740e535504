import { expect, test } from 'vitest';
import type { Act, Undo } from '../../../src/engine/plan/plan.js';
import { work } from '../../../src/testing/index.js';
import { keyOf, shop } from './given.js';
import type { Capture } from '../../../src/engine/state/values.js';

const long = `Full "Name" ${'x'.repeat(48)}`;
const quoted = `"${long.replaceAll('"', '""')}"`;

const tables = [`o'dd.we ird`, `"o'dd"."we ird"`];

test.each(tables)('odd names of schema, table and columns, and a key of text: %s', async (table) => {
  const on = { db: 'shop', table };
  const shapes = {
    key: 'the key',
    forward: {
      'first"name': `split_part(${quoted}, ' ', 1)  -- the first word`,
      order: `substr(${quoted}, length(split_part(${quoted}, ' ', 1)) + 2)`,
    },
    back: { [long]: `"first""name" || ' ' || "order"` },
  };
  const step = (id: string, kind: string, input: Act['do']['input'], undo?: Act['do']): Act => ({
    type: 'act',
    id,
    why: 'test',
    verify: 'test',
    target: `table:shop.${table}`,
    do: { kind, input },
    undo: undo ? { type: 'act', do: undo } : ({ type: 'nothing', because: 'test' } satisfies Undo),
  });
  const columns = Object.keys(shapes.forward);
  const retiring = { ...on, columns: [long], keepInSync: { ...on, ...shapes } };
  const acts = [
    step(
      'add',
      'postgres.addColumns',
      { ...on, columns: columns.map((name) => ({ name, type: 'varchar(80)' })) },
      { kind: 'postgres.dropColumns', input: { ...on, columns, setAside: shapes } },
    ),
    step('sync', 'postgres.keepInSync', { ...on, ...shapes }, { kind: 'postgres.stopSync', input: on }),
    step('fill', 'postgres.backfill', {
      ...on,
      key: 'the key',
      set: shapes.forward,
      where: `"the key" <> 'k0'`,
      batch: 3,
    }),
    step('rest', 'postgres.backfill', { ...on, key: 'the key', set: shapes.forward, batch: 3 }),
    step('parity', 'postgres.verifyParity', { ...on, ...shapes }),
    step('retire', 'postgres.retireColumn', retiring, { kind: 'postgres.restoreColumn', input: retiring }),
  ];
  const place = await shop();
  try {
    const { adapter, query } = place;
    await query(`CREATE SCHEMA "o'dd"`);
    await query(`CREATE TABLE "o'dd"."we ird" ("the key" text PRIMARY KEY, ${quoted} varchar(90) NOT NULL)`);
    await query(
      `INSERT INTO "o'dd"."we ird" SELECT 'k' || i, 'First Last' || i FROM generate_series(0, 9) i`,
    );
    const [add] = acts;
    if (!add) throw new Error('no acts');
    const capture: Capture = { target: add.target, at: 0, state: await adapter.read(add, work()) };
    for (const each of acts) {
      await adapter.check(each, work());
      await adapter.apply(each, keyOf(each), work());
    }
    await query(
      `INSERT INTO "o'dd"."we ird" ("the key", "first""name", "order") VALUES ('it''s', 'Mary Ann', 'Evans')`,
    );
    await query(`UPDATE "o'dd"."we ird" SET "order" = 'Other' WHERE "the key" = 'k3'`);
    for (const each of [...acts].reverse()) {
      if (each.undo.type === 'act') await adapter.undo(each, each.undo.do, keyOf(each), work());
    }
    expect(
      await query(
        `SELECT ${quoted} AS name FROM "o'dd"."we ird" WHERE "the key" IN ('it''s', 'k3') ORDER BY 1`,
      ),
    ).toEqual([{ name: 'First Other' }, { name: 'Mary Ann Evans' }]);
    const key = { rollout: 'r1', step: 'verify', epoch: 0 };
    expect(await adapter.verify(acts, capture, key, work())).toMatchObject({
      verified: true,
      evidence: { untouched: 9, touched: 2, setAside: 1 },
    });
  } finally {
    await place.close();
  }
});
