import { expect, it } from 'vitest';
import { eventOf, eventsOf, inEnvironment, type TestEnvironment } from '../support/rollouts.js';

const sync = 'keep-in-sync/shop.customer';
const purge = 'purge/shop.customer';
const everyone = { ana: 'update', ben: 'update' } as const;
const ours = ['sync', 'track', 'truncate'].map(
  (name) => `alter table shop.customer enable always trigger zz_switchback_${name}`,
);

/** A statement of a superuser who turned all triggers off, and on again as they were. */
const unseen = (statement: string): string =>
  ['alter table shop.customer disable trigger user', statement, ...ours].join('; ');

const nameOf7 = async ({ database }: TestEnvironment) =>
  (await database.query('select first_name, last_name from shop.customer where id = 7'))[0];

it.concurrent('a write past our triggers during the canary stops the promotion, and is named', () =>
  inEnvironment({}, async (environment) => {
    const { database } = environment;
    const rollout = await environment.start();
    await rollout.waitForGate('approve/go');
    const exposed = environment.percent();
    await database.query(unseen(`update shop.customer set full_name = 'Un Seen' where id = 7`));
    await rollout.pass('approve/go', everyone);
    const { stuck } = await rollout.waitForOperator(sync);
    expect(stuck).toMatchObject({ choices: ['retry', 'halt'] });
    expect(stuck?.problem).toMatch(
      /in 1 row full_name is not what first_name, last_name say: id 7 \(full_name "Un Seen"; first_name "/,
    );
    expect(environment.percent()).toBe(exposed);

    await database.query(`update shop.customer set first_name = 'Un', last_name = 'Seen' where id = 7`);
    await rollout.decide('ana', { type: 'resolve', choice: 'retry' });
    await rollout.pass('approve/purge', { ana: 'update' });
    const { outcome, journal } = await rollout.ended();
    expect(outcome).toMatchObject({ type: 'completed' });
    expect(await nameOf7(environment)).toEqual({ first_name: 'Un', last_name: 'Seen' });
    expect(eventOf(journal, 'rechecked')).toMatchObject({ step: sync, phase: 'promote' });
    expect(eventOf(journal, 'warning')).toMatchObject({
      step: purge,
      reason: expect.stringContaining('with full_name go NOT NULL of full_name'),
    });
  }),
);

it.concurrent('and one before the purge stops the purge: nothing is dropped, and nothing taken back', () =>
  inEnvironment({}, async (environment) => {
    const { database } = environment;
    const rollout = await environment.start();
    await rollout.pass('approve/go', everyone);
    await rollout.waitForGate('approve/purge');
    const retired = 'switchback_retired_full_name';
    await database.query(unseen(`update shop.customer set ${retired} = 'Un Seen' where id = 7`));
    await rollout.pass('approve/purge', { ana: 'update' });
    const { stuck } = await rollout.waitForOperator(purge);
    expect(stuck?.problem).toMatch(/in 1 row full_name is not what .* id 7 \(full_name "Un Seen"/);
    expect(environment.percent()).toBe(100);

    await database.query(`update shop.customer set first_name = 'Un', last_name = 'Seen' where id = 7`);
    await rollout.decide('ana', { type: 'resolve', choice: 'retry' });
    const { outcome, journal } = await rollout.ended();
    expect(outcome).toMatchObject({ type: 'completed' });
    expect(await nameOf7(environment)).toEqual({ first_name: 'Un', last_name: 'Seen' });
    expect(eventsOf(journal, 'undo-started')).toEqual([]);
  }),
);
