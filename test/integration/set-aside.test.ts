import { expect, it } from 'vitest';
import { eventOf, inEnvironment, lookAtWorld, type TestEnvironment } from '../support/rollouts.js';

const customers = 300;

interface Name {
  readonly first_name: string;
  readonly last_name: string;
}

it('names that the old shape cannot tell apart are set aside by a rollback, and merged by the next try', () =>
  inEnvironment({ customers }, async (environment) => {
    const { database } = environment;
    const { catalogue, flags } = await lookAtWorld(environment);
    const first = await environment.start();
    await first.waitForGate('approve/go');
    await writeNames(environment);
    await first.decideAt('approve/go', 'ana', { type: 'reject' });
    const rolledBack = await first.ended();

    expect(rolledBack).toMatchObject({ closed: 'COMPLETED', outcome: { type: 'rolled-back' } });
    expect(eventOf(rolledBack.journal, 'verified')).toMatchObject({
      reason: expect.stringContaining(`${customers - 4} rows nobody wrote`),
      evidence: { setAside: 2, touched: 4, rows: customers },
    });
    expect(await lookAtWorld(environment)).toMatchObject({ catalogue, flags });
    // Every acknowledged write is there in the old shape, whichever version made it.
    expect(await fullNames(environment)).toEqual([
      'Mary Ann Smith',
      'Jean Luc Picard',
      'Ada Lovelace',
      'Old Writer',
    ]);
    expect(await setAside(environment, first.id)).toEqual([
      { key: '7', new: { first_name: 'Mary Ann', last_name: 'Smith' } },
      { key: '8', new: { first_name: 'Jean Luc', last_name: 'Picard' } },
    ]);

    // What was written since is newer than what was set aside.
    await database.query(`update shop.customer set full_name = 'Luc Picard' where id = 8`);
    const second = await environment.start();
    await second.pass('approve/go', { ana: 'update', ben: 'update' });
    await second.pass('approve/purge', { ana: 'update' });
    const completed = await second.ended();

    expect(completed).toMatchObject({ closed: 'COMPLETED', outcome: { type: 'completed' } });
    expect(eventOf(completed.journal, 'act-done', 'backfill/shop.customer').evidence).toMatchObject({
      rows: customers,
      merged: 1,
    });
    expect(
      await database.query<Name>(
        'select first_name, last_name from shop.customer where id between 7 and 10 order by id',
      ),
    ).toEqual([
      { first_name: 'Mary Ann', last_name: 'Smith' },
      { first_name: 'Luc', last_name: 'Picard' },
      { first_name: 'Ada', last_name: 'Lovelace' },
      { first_name: 'Old', last_name: 'Writer' },
    ]);
  }));

/** The new version writes three names, two of which cannot be split back; the old version writes one. */
async function writeNames({ database }: TestEnvironment): Promise<void> {
  const write = 'update shop.customer set first_name = $2, last_name = $3 where id = $1';
  await database.query(write, [7, 'Mary Ann', 'Smith']);
  await database.query(write, [8, 'Jean Luc', 'Picard']);
  await database.query(write, [9, 'Ada', 'Lovelace']);
  await database.query(`update shop.customer set full_name = 'Old Writer' where id = 10`);
}

async function fullNames({ database }: TestEnvironment): Promise<string[]> {
  const rows = await database.query<{ full_name: string }>(
    'select full_name from shop.customer where id between 7 and 10 order by id',
  );
  return rows.map(({ full_name }) => full_name);
}

function setAside({ database }: TestEnvironment, rollout: string): Promise<{ key: string; new: Name }[]> {
  return database.query('select key, new from switchback.set_aside where rollout = $1 order by key::int', [
    rollout,
  ]);
}
