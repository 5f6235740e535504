import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/engine/base/json.js';
import { pack, unpack } from '../../src/environment/sentinel/packed.js';
import { Roster } from '../../src/environment/sentinel/roster.js';
import type { RosterPage } from '../../src/protocol/sentinel.js';
import type { Guard } from '../../src/engine/plan/plan.js';
import { absolute, guardOf } from '../analysis/given.js';
import type { Watched } from '../../src/protocol/subscriptions.js';

const payload = 2 * 1024 * 1024;
const guards = [guardOf(absolute(0.01)), guardOf(absolute(0.02))];
const watched = (name: string, over: Partial<Watched> = {}): Watched => {
  const rollout = `rollout/production/${name}`;
  return { rollout, workflowId: rollout, number: 1, percent: 5, since: 1, guards, recorded: {}, ...over };
};

/** What somebody knows who asks for every page after a version. */
function follow(
  roster: Roster,
  known: Map<string, Watched>,
  since: number,
): { version: number; pages: RosterPage[] } {
  const pages: RosterPage[] = [];
  let version = since;
  for (;;) {
    const page = roster.page(version);
    pages.push(page);
    version = page.version;
    for (const rollout of page.left) known.delete(rollout);
    for (const subscription of unpack(page.watched)) known.set(subscription.rollout, subscription);
    if (!page.more) return { version, pages };
  }
}

describe('the roster', () => {
  it('says which of some rollouts it watches, and which of these are orphans', () => {
    const roster = new Roster();
    const [alive, ended, left] = [watched('a'), watched('b'), watched('c')];
    for (const one of [alive, ended, left]) roster.add(one);
    roster.mark({ rollout: ended.rollout, as: { number: 1, since: 1 }, at: 5, reason: 'terminated' });
    roster.remove({ rollout: left.rollout });
    const asked = [alive, ended, left, watched('d')].map(({ rollout }) => rollout);
    expect(roster.among(asked)).toEqual({ living: [alive.rollout], orphans: [ended.rollout] });
  });

  it('gives whoever asks now and then the same as it has itself', () => {
    const change = fc.record({
      what: fc.constantFrom(
        'add' as const,
        'remove' as const,
        'orphan' as const,
        'alive' as const,
        'ask' as const,
      ),
      name: fc.constantFrom('a', 'b', 'ä/c'),
      since: fc.integer({ min: 0, max: 3 }),
      number: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        let roster = new Roster();
        let known = new Map<string, Watched>();
        let version = 0;
        for (const { what, name, since, number } of changes) {
          const { rollout } = watched(name);
          const as = { since, number };
          if (what === 'add') roster.add(watched(name, { ...as, guards: guards.slice(0, number) }));
          if (what === 'remove') roster.remove(number === 1 ? { rollout } : { rollout, as });
          if (what === 'orphan') roster.mark({ rollout, as, at: 7, reason: 'terminated' });
          if (what === 'alive') roster.mark({ rollout, as, at: 7 });
          if (what === 'ask') ({ version } = follow(roster, known, version));
        }
        follow(roster, known, version);
        const own = new Map(roster.watched.map((subscription) => [subscription.rollout, subscription]));
        expect(known).toEqual(own);
        // And so does the next run, of which everything is asked anew.
        roster = new Roster(JSON.parse(JSON.stringify(roster.carry())));
        known = new Map();
        follow(roster, known, 0);
        expect(known).toEqual(own);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the newest subscription of a rollout, whichever way they come', () => {
    const roster = new Roster();
    const first = watched('a', { since: 10, number: 4 });
    expect(roster.add(first)).toBe('taken');
    expect(roster.add(first)).toBe('known');
    expect(roster.add(watched('a', { since: 9, number: 3 }))).toBe('known');
    expect(roster.add(watched('a', { since: 10, number: 5 }))).toBe('taken');
    // A run that was reset counts from an earlier number, later.
    expect(roster.add(watched('a', { since: 20, number: 2 }))).toBe('taken');
    expect(roster.watched).toMatchObject([{ since: 20, number: 2 }]);
    roster.remove({ rollout: first.rollout, as: first });
    expect(roster.size).toBe(1);
    roster.remove({ rollout: first.rollout });
    expect(roster.size).toBe(0);
  });

  it('marks an orphan once, until it subscribes again', () => {
    const roster = new Roster();
    const { rollout } = watched('a');
    roster.add(watched('a'));
    roster.mark({ rollout, as: { since: 1, number: 2 }, at: 5, reason: 'of another subscription' });
    expect(roster.orphans).toEqual([]);
    roster.mark({ rollout, as: { since: 1, number: 1 }, at: 5, reason: 'was terminated' });
    roster.told(rollout);
    roster.mark({ rollout, as: { since: 1, number: 1 }, at: 6, reason: 'was terminated' });
    expect(roster.orphans).toEqual([{ rollout, percent: 5, at: 5, reason: 'was terminated', told: true }]);
    roster.add(watched('a', { since: 9 }));
    expect(roster.orphans).toEqual([]);
  });

  it('sends no page that a payload cannot hold, and repeats no guards in one', () => {
    const roster = new Roster(undefined, Number.POSITIVE_INFINITY);
    const own = (index: number): Guard[] =>
      guards.map((guard) => ({ ...guard, name: `${guard.name}-${index}` }));
    for (let index = 0; index < 5_000; index++) {
      roster.add(watched(`shared-${index}`, { guards: structuredClone(guards) }));
      roster.add(watched(`own-${index}`, { guards: own(index) }));
    }
    const known = new Map<string, Watched>();
    const { pages } = follow(roster, known, 0);
    expect(known.size).toBe(10_000);
    for (const page of pages) expect(bytesOf(page)).toBeLessThan(payload);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.length).toBeLessThan(10);
    expect(roster.page(pages.at(-1)?.version ?? 0)).toMatchObject({
      more: false,
      watched: { rows: [] },
      left: [],
    });
  });

  it('carries 20,000 subscriptions in one payload, and refuses what it could not carry', () => {
    const roster = new Roster();
    const name = (index: number) => `split-customer-name/20261123t${100_000 + index}z-44e4`;
    const since = 1_764_019_420_000;
    let taken = 0;
    while (roster.add(watched(name(taken), { since })) === 'taken') taken += 1;
    expect(taken).toBeGreaterThan(20_000);
    expect(bytesOf(roster.carry())).toBeLessThan(payload);
    expect(roster.size).toBe(taken);
    // Who is there may still raise its exposure, and become an orphan.
    expect(roster.add(watched(name(0), { since: since + 1, percent: 100, recorded: { errors: 0.01 } }))).toBe(
      'taken',
    );
    for (let index = 0; index < 2_000; index++) {
      const { rollout } = watched(name(index + 1));
      roster.mark({ rollout, as: { since, number: 1 }, at: since, reason: 'was terminated' });
    }
    expect(bytesOf(roster.carry())).toBeLessThan(payload);
    // There is room again once somebody left.
    for (let index = 0; index < 3_000; index++) roster.remove(watched(name(index)));
    expect(roster.add(watched(name(taken), { since }))).toBe('taken');
  });
});

describe('packed subscriptions', () => {
  it('come back as they were', () => {
    const text = fc.string({ unit: 'grapheme' });
    const subscriptions = fc.array(
      fc.record(
        {
          rollout: text,
          workflowId: text,
          number: fc.nat(),
          percent: fc.nat(100),
          since: fc.nat(),
          guards: fc.constantFrom(guards, [], guards.slice(1)),
          recorded: fc.dictionary(fc.constantFrom('a', 'ö'), fc.nat()),
          continues: fc.nat(),
          orphan: fc.record({ at: fc.nat(), reason: text, told: fc.boolean() }),
        },
        { requiredKeys: ['rollout', 'workflowId', 'number', 'percent', 'since', 'guards', 'recorded'] },
      ),
    );
    fc.assert(
      fc.property(subscriptions, (given) => {
        expect(unpack(JSON.parse(JSON.stringify(pack(given))))).toEqual(given);
      }),
    );
  });
});
