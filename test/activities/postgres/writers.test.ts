import fc from 'fast-check';
import { expect, test } from 'vitest';
import { work } from '../../../src/testing/index.js';
import { acts, keyOf, shop, type Shop } from './given.js';

interface Name {
  readonly first: string;
  readonly last: string;
}

type Write =
  | { readonly type: 'old-upsert' | 'new-upsert'; readonly key: number; readonly name: Name }
  | { readonly type: 'new-first'; readonly key: number; readonly first: string }
  | { readonly type: 'new-last'; readonly key: number; readonly last: string }
  | { readonly type: 'delete'; readonly key: number };

/** Rows are far apart, so that the backfill meets written and unwritten ones in many batches. */
const spread = 40;
const keys = 30;
const rows = keys * spread;

const first = fc.constantFrom('Ada', 'Bo', 'Mary Ann', 'Jean Luc Marie');
const last = fc.constantFrom('', 'Li', 'Evans', 'van der Berg');
const key = fc.integer({ min: 1, max: keys + 3 }).map((number) => number * spread);
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({
    type: fc.constantFrom('old-upsert' as const, 'new-upsert' as const),
    key,
    name: fc.record({ first, last }),
  }),
  fc.record({ type: fc.constant('new-first' as const), key, first }),
  fc.record({ type: fc.constant('new-last' as const), key, last }),
  fc.record({ type: fc.constant('delete' as const), key }),
);

const full = ({ first, last }: Name): string => (last === '' ? first : `${first} ${last}`);
const split = (name: string): Name => {
  const [head = '', ...tail] = name.split(' ');
  return { first: head, last: tail.join(' ') };
};

/** What the table must hold after a write, whichever version wrote. */
function expected(model: Map<number, Name>, write: Write): void {
  const present = model.get(write.key);
  switch (write.type) {
    case 'old-upsert':
      if (!present || full(present) !== full(write.name)) model.set(write.key, split(full(write.name)));
      return;
    case 'new-upsert':
      model.set(write.key, write.name);
      return;
    case 'new-first':
      if (present) model.set(write.key, { ...present, first: write.first });
      return;
    case 'new-last':
      if (present) model.set(write.key, { ...present, last: write.last });
      return;
    case 'delete':
      model.delete(write.key);
  }
}

async function perform({ query }: Shop, write: Write): Promise<void> {
  const { key } = write;
  switch (write.type) {
    case 'old-upsert':
      await query(
        `INSERT INTO customer (id, full_name) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET full_name = $2`,
        [key, full(write.name)],
      );
      return;
    case 'new-upsert':
      await query(
        `INSERT INTO customer (id, first_name, last_name) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET first_name = $2, last_name = $3`,
        [key, write.name.first, write.name.last],
      );
      return;
    case 'new-first':
      await query('UPDATE customer SET first_name = $2 WHERE id = $1', [key, write.first]);
      return;
    case 'new-last':
      await query('UPDATE customer SET last_name = $2 WHERE id = $1', [key, write.last]);
      return;
    case 'delete':
      await query('DELETE FROM customer WHERE id = $1', [key]);
  }
}

/** Writes to one row follow each other; writes to different rows race with each other and with the backfill. */
async function writeAll(place: Shop, writes: readonly Write[]): Promise<void> {
  const byKey = new Map<number, Write[]>();
  for (const write of writes) byKey.set(write.key, [...(byKey.get(write.key) ?? []), write]);
  await Promise.all(
    [...byKey.values()].map(async (own) => {
      for (const write of own) await perform(place, write);
    }),
  );
}

test('both versions write while the backfill runs: both shapes agree, nothing is lost, and it can be taken back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 20, maxLength: 150 }), async (writes) => {
      const place = await shop(rows);
      try {
        const model = new Map(
          Array.from({ length: rows }, (_, index) => [
            index + 1,
            { first: `First${index + 1}`, last: `Last${index + 1}` },
          ]),
        );
        for (const each of writes) expected(model, each);

        await place.apply(acts.add);
        await place.apply(acts.sync);
        await Promise.all([place.apply(acts.backfill), writeAll(place, writes)]);
        await place.apply(acts.parity);
        const found = await place.query<{
          id: number;
          full_name: string;
          first_name: string;
          last_name: string;
        }>('SELECT id::int, full_name, first_name, last_name FROM customer ORDER BY id');
        const wanted = [...model].sort(([a], [b]) => a - b);
        expect(found).toEqual(
          wanted.map(([id, name]) => ({
            id,
            full_name: full(name),
            first_name: name.first,
            last_name: name.last,
          })),
        );

        await place.undo(acts.sync);
        await place.undo(acts.add);
        expect(await place.query('SELECT id::int, full_name FROM customer ORDER BY id')).toEqual(
          wanted.map(([id, name]) => ({ id, full_name: full(name) })),
        );
        const aside = await place.query('SELECT key::int, new FROM switchback.set_aside ORDER BY 1');
        expect(aside).toEqual(
          wanted
            .filter(([, name]) => split(full(name)).first !== name.first)
            .map(([id, name]) => ({ key: id, new: { first_name: name.first, last_name: name.last } })),
        );
        expect(await place.verify()).toMatchObject({ verified: true });
      } finally {
        await place.close();
      }
    }),
    { numRuns: 8 },
  );
}, 180_000);

test("the application's own role needs no rights on our records", async () => {
  const place = await shop(10);
  const role = `app_${Date.now()}_${Math.floor(Math.random() * 1e6)}`;
  try {
    await place.query(`CREATE ROLE ${role}`);
    await place.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON customer TO ${role}`);
    const capture = { ...place.capture, state: await place.adapter.read(acts.add, work()) };
    await place.apply(acts.add);
    await place.apply(acts.sync);
    await place.query(`BEGIN; SET LOCAL ROLE ${role}; SET LOCAL timezone = 'Asia/Tokyo'; SET LOCAL datestyle = 'German';
      UPDATE customer SET full_name = 'Ada Li' WHERE id = 1; DELETE FROM customer WHERE id = 2; COMMIT`);
    expect(await place.query('SELECT first_name FROM customer WHERE id = 1')).toEqual([
      { first_name: 'Ada' },
    ]);
    await place.undo(acts.sync);
    await place.undo(acts.add);
    const verification = await place.adapter.verify([acts.add], capture, keyOf(acts.add), work());
    expect(verification).toMatchObject({ verified: true, evidence: { touched: 2, untouched: 8 } });
  } finally {
    await place.query(`DROP OWNED BY ${role}`);
    await place.query(`DROP ROLE ${role}`);
    await place.close();
  }
});
