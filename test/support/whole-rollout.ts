import { expect } from 'vitest';
import { phases } from '../../src/engine/plan/plan.js';
import {
  eventOf,
  eventsOf,
  openEnvironment,
  type Ended,
  type TestEnvironment,
  type TestRollout,
} from './rollouts.js';

export const customers = 8_000;

/** Carries a rollout over its two gates to the end. */
export async function approveAll(rollout: TestRollout): Promise<Ended> {
  await rollout.pass('approve/go', { ana: 'update', ben: 'signal' });
  await rollout.pass('approve/purge', { ben: 'update' });
  return rollout.ended();
}

/** The plan was carried out once, all of it, and the journal says so without a gap. */
export async function expectCompleted(environment: TestEnvironment, rollout: TestRollout, ended: Ended) {
  const { outcome, journal, closed } = ended;
  expect(outcome).toEqual({ type: 'completed', reason: 'every step is done and verified' });
  expect(closed).toBe('COMPLETED');
  expect(eventsOf(journal, 'phase-entered').map(({ reason }) => reason)).toEqual(phases);
  expect(journal.map(({ number }) => number)).toEqual(journal.map((_, index) => index + 1));
  expect((await rollout.exported()).map(({ event }) => event)).toEqual(journal);
  const started = eventsOf(journal, 'act-started').map(({ step }) => step);
  expect(new Set(started).size).toBe(started.length);
  expect(eventsOf(journal, 'act-done').map(({ step }) => step)).toEqual(started);
  expect(eventOf(journal, 'gate-passed', 'approve/go').reason).toBe('approved by ana, ben');
  expect(eventOf(journal, 'no-return')).toMatchObject({ phase: 'contract', step: 'purge/shop.customer' });

  expect(environment.percent()).toBe(100);
  const catalogue = await environment.database.catalogue();
  expect(catalogue).not.toMatch(/full_name|switchback/);
  expect(catalogue).toMatch(/first_name[^]*last_name/);
}

export async function inBareEnvironment(
  body: (environment: TestEnvironment) => Promise<void>,
): Promise<void> {
  const environment = await openEnvironment({ customers });
  try {
    await body(environment);
  } finally {
    await environment.close();
  }
}
