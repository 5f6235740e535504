import { adapterContract } from '../../../src/testing/index.js';
import { act, acts, shop, type Shop } from './given.js';
import type { Act } from '../../../src/engine/plan/plan.js';

async function stage(given: Act, before: readonly Act[]) {
  const place: Shop = await shop(200);
  for (const earlier of before) await place.apply(earlier, 'earlier');
  // What earlier steps of another rollout watch would stand in the way.
  await place.query('DELETE FROM switchback.ledger').catch(() => undefined);
  return {
    adapter: place.adapter,
    act: given,
    crash: () => place.crash(),
    close: () => place.close(),
    observe: () =>
      place.query(`SELECT attname, attnotnull, (SELECT count(*)::int FROM customer) AS rows,
          (SELECT array_agg(tgname::text ORDER BY tgname) FROM pg_trigger
            WHERE tgrelid = a.attrelid AND tgname NOT LIKE 'zz_switchback_t%') AS triggers
        FROM pg_attribute a WHERE attrelid = 'customer'::regclass AND attnum > 0 AND NOT attisdropped`),
  };
}

const renamed = acts.retire;

adapterContract('postgres', {
  acts: {
    addColumns: () => stage(acts.add, []),
    keepInSync: () => stage(act('sync', acts.sync.do.kind, acts.sync.do.input, acts.sync.undo), [acts.add]),
    retireColumn: () => stage(renamed, [acts.add, acts.sync, acts.backfill]),
  },
});
