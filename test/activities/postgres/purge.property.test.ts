import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acts, shop, type Shop } from './given.js';

interface Write {
  readonly key: number;
  /** Which version writes. */
  readonly shape: 'old' | 'new';
  /** Past which triggers: those of the table, those that are not ALWAYS, or all. */
  readonly past: 'none' | 'ordinary' | 'all';
  readonly name: readonly [first: string, last: string];
}

const keys = 8;
const retired = 'switchback_retired_full_name';
const part = fc.constantFrom('Ada', 'Bo', 'Cy', 'Di', 'Eve', 'Flo');
const write: fc.Arbitrary<Write> = fc.record({
  key: fc.integer({ min: 1, max: keys }),
  shape: fc.constantFrom('old', 'new'),
  past: fc.oneof(
    { weight: 6, arbitrary: fc.constant('none' as const) },
    { weight: 3, arbitrary: fc.constant('ordinary' as const) },
    { weight: 1, arbitrary: fc.constant('all' as const) },
  ),
  name: fc.tuple(part, part),
});

let place: Shop;
beforeAll(async () => {
  place = await shop(0, { patience: 20_000 });
});
afterAll(() => place.close());

/** The table as it stands before a purge, anew. */
async function retire(): Promise<void> {
  await place.query(`DROP SCHEMA IF EXISTS switchback CASCADE; DROP TABLE customer;
    CREATE TABLE customer (id bigint PRIMARY KEY, full_name text NOT NULL);
    INSERT INTO customer SELECT i, 'Ada Ada' FROM generate_series(1, ${keys}) i`);
  for (const step of [acts.add, acts.sync, acts.backfill, acts.retire]) await place.apply(step);
}

function statementOf({ key, shape, past, name: [first, last] }: Write): string {
  const set =
    shape === 'old' ? `${retired} = '${first} ${last}'` : `first_name = '${first}', last_name = '${last}'`;
  const update = `UPDATE customer SET ${set} WHERE id = ${key}`;
  switch (past) {
    case 'none':
      return update;
    case 'ordinary':
      return `SET LOCAL session_replication_role = replica; ${update}`;
    case 'all':
      return [
        'DISABLE TRIGGER USER',
        ...['sync', 'track', 'truncate'].map((name) => `ENABLE ALWAYS TRIGGER zz_switchback_${name}`),
      ]
        .map((how) => `ALTER TABLE customer ${how}`)
        .toSpliced(1, 0, update)
        .join('; ');
  }
}

test('no purge that says it is done has lost an acknowledged write, whatever triggers it went past', async () => {
  let done = 0;
  let refused = 0;
  const writes = fc.array(write, { minLength: 1, maxLength: 24 });
  const property = fc.asyncProperty(writes, fc.nat({ max: 24 }), async (all, before) => {
    await retire();
    const acknowledged = new Map<number, string>();
    const send = async (one: Write): Promise<void> => {
      const answered = await place.query(statementOf(one)).then(
        () => true,
        () => false,
      );
      if (answered) acknowledged.set(one.key, one.name.join(' '));
    };
    for (const one of all.slice(0, before)) await send(one);
    const purged = place.apply(acts.purge).then(
      () => 'done' as const,
      (error: unknown) => String(error),
    );
    // Those of one row keep their order; the rows are written side by side, and beside the purge.
    const chains = Array.from({ length: keys }, async (_, index) => {
      for (const one of all.slice(before)) if (one.key === index + 1) await send(one);
    });
    const [outcome] = await Promise.all([purged, ...chains]);

    if (outcome === 'done') {
      done += 1;
      const rows = await place.query<{ id: number; name: string }>(
        `SELECT id::int, first_name || ' ' || last_name AS name FROM customer`,
      );
      const held = new Map(rows.map(({ id, name }) => [id, name]));
      for (const [key, name] of acknowledged) expect(held.get(key), `row ${key}`).toBe(name);
      return;
    }
    refused += 1;
    const [, listed = ''] =
      /rows? full_name is not what first_name, last_name say: (.*); write/.exec(outcome) ?? [];
    const named = [...listed.matchAll(/id (\d+) \(/g)].map(([, key]) => Number(key));
    expect(named.length, outcome).toBeGreaterThan(0);
    const unseen = new Set(all.filter(({ past }) => past === 'all').map(({ key }) => key));
    for (const key of named) expect(unseen.has(key), `row ${key} was written unseen`).toBe(true);
    expect(await place.query(`SELECT count(${retired})::int AS rows FROM customer`)).toEqual([
      { rows: keys },
    ]);
  });
  await fc.assert(property, { numRuns: 40 });
  expect(done).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});
