import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import { casesOf, draw } from './cases.js';
import { differencesOf } from './compare.js';
import { faultNames, faults, type FaultName } from './faults.js';
import { eventsThatCount, normal } from './normal.js';
import { nameOf, type Moment, type Point } from './point.js';
import { demoScenarios, type Scenario } from './scenario.js';
import { randomScenario } from './random-scenario.js';

const event = (type: JournalEvent['type'], more: Partial<JournalEvent> = {}): JournalEvent => ({
  number: 1,
  at: 1,
  type,
  reason: `why ${type}`,
  ...more,
});

describe('what is compared', () => {
  it('is equal to itself, and different in whatever is different', () => {
    const one = { outcome: { type: 'completed' }, ledger: [{ step: 'a' }, { step: 'b' }] };
    expect(differencesOf(one, structuredClone(one))).toEqual([]);
    expect(differencesOf(one, { ...one, outcome: { type: 'rolled-back' } })).toEqual([
      'outcome.type: rolled-back, undisturbed completed',
    ]);
    expect(differencesOf(one, { ...one, ledger: [{ step: 'a' }] })).toEqual([
      'ledger.1: nothing, undisturbed {"step":"b"}',
    ]);
    expect(differencesOf(one, { outcome: one.outcome })).toHaveLength(1);
    expect(differencesOf(one, { ...one, more: 1 })).toEqual(['more: 1, undisturbed nothing']);
  });

  it('leaves out times and missing evidence, and nothing else of a journal', () => {
    const acts = [event('act-started', { step: 'a', epoch: 0 }), event('act-done', { step: 'a', epoch: 0 })];
    const held = [acts[0]!, event('hold'), event('hold-cleared'), { ...acts[1]!, number: 4, at: 9 }];
    expect(eventsThatCount(held)).toEqual(eventsThatCount(acts));
    const others = [
      [acts[0]!],
      [...acts].reverse(),
      [...acts, acts[1]!],
      [acts[0]!, { ...acts[1]!, epoch: 1 }],
      [acts[0]!, { ...acts[1]!, evidence: { rows: 1 } }],
    ];
    for (const other of others) expect(eventsThatCount(other)).not.toEqual(eventsThatCount(acts));
  });

  it('leaves out a decision only when a hold made it count for nothing', () => {
    const accepted = event('decision', { step: 'approve/go', evidence: { accepted: true } });
    const voided = event('approvals-voided', { step: 'approve/go' });
    expect(eventsThatCount([accepted, voided, accepted])).toEqual(eventsThatCount([accepted]));
    const refused = event('decision', { step: 'approve/go', evidence: { accepted: false } });
    expect(eventsThatCount([{ ...refused, reason: 'refused: on hold' }])).toEqual([]);
    expect(eventsThatCount([{ ...refused, reason: 'refused: nobody' }])).toHaveLength(1);
    expect(eventsThatCount([accepted, accepted])).toHaveLength(2);
  });

  it('leaves out leave that a hold voided before it was used, with the gate that asked for it', () => {
    const at = { step: 'approve/go' };
    const opened = event('gate-opened', at);
    const accepted = event('decision', { ...at, evidence: { accepted: true } });
    const passed = event('gate-passed', at);
    const voided = event('approvals-voided', at);
    const once = [opened, accepted, passed, event('act-started', { step: 'a' })];
    const [open, close] = [once.slice(0, 2), once.slice(0, 3)];
    for (const held of [
      [...open, voided, accepted, passed],
      [...close, event('hold'), voided, ...close],
      [...close, voided, ...close, voided, ...close],
      [...open, voided, accepted, passed, voided, ...open, voided, accepted, passed],
    ]) {
      expect(eventsThatCount([...held, once[3]!])).toEqual(eventsThatCount(once));
    }
    expect(eventsThatCount([...close, ...once])).not.toEqual(eventsThatCount(once));
    expect(eventsThatCount([...close, event('hold'), ...once])).not.toEqual(eventsThatCount(once));
    expect(eventsThatCount([...once, voided])).not.toEqual(eventsThatCount(once));
  });

  it('keeps what was done apart from what was measured', () => {
    const measured = (text: string) => normal(text, {});
    expect(measured('errors 0 % of 28.9 requests in 290 ms, limit 5 %')).toBe(
      measured('errors 0 % of 27 requests in 1.2 s, limit 5 %'),
    );
    expect(measured('errors 0 % of 28 requests in 1 s, limit 5 %')).not.toBe(
      measured('errors 0 % of 28 requests in 1 s, limit 6 %'),
    );
    expect(normal({ rows: 300, at: 5, batches: 4 }, {})).toEqual({ rows: 300 });
    expect(normal(['/tmp/x/flags.json'], { dir: '/tmp/x' })).toEqual(['<dir>/flags.json']);
  });
});

describe('the points', () => {
  const scenario = demoScenarios()[0] as Scenario;
  const point = (activity: string, about: string, moment: Moment): Point => ({
    activity,
    about,
    nth: 1,
    moment,
    place: 0,
  });
  const points = ['add-columns/t', 'keep-in-sync/t', 'expose/f/5'].flatMap((about) =>
    (['before', 'after'] as const).flatMap((moment) => [
      point('capture', about, moment),
      point('apply', about, moment),
    ]),
  );
  const cases = casesOf(scenario, [...points, ...points]);

  it('are each killed at once', () => {
    const killed = cases.filter(({ fault }) => fault === 'worker').map(({ at }) => nameOf(at));
    expect(killed).toEqual(points.map(nameOf));
  });

  it('are those that every run comes by, however fast its machine is', () => {
    const places = [1, 2, 3, 4, 5, 6].map((place) => ({
      ...point('apply', 'backfill/shop.customer', 'between'),
      place,
    }));
    const killed = casesOf(scenario, places).filter(({ fault }) => fault === 'worker');
    expect(killed.map(({ at }) => at.place)).toEqual([1, 2, 3, 4]);
  });

  it('are each the first of a pair, except where nothing is tried again', () => {
    const watching = point('watchEnvironment', '', 'after');
    const all = casesOf(scenario, [...points, watching]);
    const at = (fault: FaultName) => all.filter((one) => one.fault === fault).map((one) => nameOf(one.at));
    expect(at('worker')).toEqual([...points, watching].map(nameOf));
    for (const pair of ['worker-again', 'worker-recovering', 'worker-temporal'] as const) {
      expect(at(pair)).toEqual(points.map(nameOf));
    }
  });

  it('of a write are hit again where the next attempt begins to write, others when it had its effect', () => {
    const again = (at: Point) => faults['worker-again'].strikes(at).map(({ aim }) => aim);
    const write = { ...point('apply', 'expose/f/5', 'within'), place: 4, write: 'written' } as const;
    expect(nameOf(write)).toBe('within apply expose/f/5 (4, written)');
    for (const [at, moment] of [
      [write, 'within'],
      [point('apply', 'expose/f/5', 'before'), 'after'],
    ] as const) {
      const next = { type: 'next-attempt', activity: 'apply', about: 'expose/f/5', moment };
      expect(again(at)).toEqual([{ type: 'point', point: at }, next]);
    }
  });

  it.each([1, 2, 5, 9, 20, 1_000])('%i of them are always the same, with every kind of fault', (count) => {
    const choice = { points: count, seed: 3, faults: faultNames };
    const drawn = draw(cases, choice);
    expect(drawn).toHaveLength(Math.min(count, cases.length));
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(draw(cases, choice)).toEqual(drawn);
    const kinds = new Set(cases.map(({ fault }) => fault));
    expect(new Set(drawn.map(({ fault }) => fault)).size).toBe(Math.min(count, kinds.size));
  });

  it('can be chosen by fault and by name', () => {
    const drawn = draw(cases, { seed: 1, faults: ['worker'], only: /^completes before apply expose/ });
    expect(drawn.map(({ at }) => nameOf(at))).toEqual(['before apply expose/f/5']);
  });
});

it('random plans are valid, and the same for a seed', () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  const drawn = seeds.map(randomScenario);
  expect(seeds.map(randomScenario)).toEqual(drawn);
  expect(new Set(drawn.map(({ ending }) => ending.type))).toEqual(
    new Set(['approve', 'breach', 'abort', 'reject']),
  );
});
