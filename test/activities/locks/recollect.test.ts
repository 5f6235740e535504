import { expect, it } from 'vitest';
import type { Happened } from '../../../activities/temporal/happened.js';
import { knownFrom } from '../../../activities/temporal/recollect-locks.js';
import { heldBy } from '../../../activities/temporal/silent-holders.js';
import { longestValid } from '../../../activities/identity/verify.js';
import type { Target } from '../../../src/engine/plan/plan.js';
import { locksNames, type Asking, type LocksRequest } from '../../../src/protocol/locks.js';

const asking = (rollout: string, askedAt: number, scope: Target = 'flag:a'): Asking => ({
  rollout,
  owner: 'team',
  scope: [scope],
  wait: true,
  askedAt,
});
const started = (input: object = {}): Happened => ({
  at: 1,
  type: 'started',
  input: { format: 1, environment: 'e', ...input },
});
const nobody = { at: 2, type: 'returned', name: 'findHolders', result: [] as Asking[] } as const;
const acquire = (at: number, ...all: Asking[]): Happened => ({
  at,
  type: 'asked',
  id: `u${at}`,
  name: locksNames.acquire,
  args: [all],
});
const signalled = (at: number, name: string, given: unknown): Happened => ({
  at,
  type: 'signalled',
  name,
  args: [given],
});
const request = (id: string, type: 'stop' | 'lift'): LocksRequest => ({
  id,
  type,
  by: 'ana',
  reason: 'smoke',
});
const memo = (at: number, stopped: object | null): Happened => ({ at, type: 'memo', fields: { stopped } });
const names = (claims: readonly { readonly rollout: string }[] = []) => claims.map(({ rollout }) => rollout);

it('locks are known by what they granted, in order, and by who has released', () => {
  const { table } = knownFrom([
    started(),
    // Asked before it was known who runs already: that one holds it.
    acquire(2, asking('late', 3)),
    { ...nobody, result: [asking('first', 1)] },
    acquire(4, asking('other', 4, 'flag:b'), asking('third', 5)),
    signalled(6, locksNames.release, { rollout: 'first', askedAt: 6 }),
  ]);
  expect(names(table?.holders)).toEqual(['other', 'late']);
  expect(names(table?.line)).toEqual(['third']);
});

it('a run that was carried on begins with what it carried; one that knew nothing knows nothing', () => {
  const carried = { holders: [{ ...asking('one', 1), since: 1 }], line: [], released: {} };
  expect(names(knownFrom([started({ table: carried })]).table?.holders)).toEqual(['one']);
  expect(knownFrom([started(), acquire(2, asking('one', 1))]).table).toBeUndefined();
});

it('a stop in force stays, a lifted one does not, and what was never decided is still to be decided', () => {
  const stopped = { at: 5, by: 'ana', reason: 'smoke' };
  const decide = (at: number, id: string, type: 'stop' | 'lift') =>
    signalled(at, locksNames.decide, request(id, type));
  const exported = (number: number, id: string): Happened => ({
    at: 7,
    type: 'called',
    name: 'exportJournal',
    args: [
      { rollout: 'locks/e', events: [{ number, at: 7, type: 'decision', reason: '', evidence: { id } }] },
    ],
  });
  const inForce = [started(), nobody, decide(4, 'one', 'stop'), memo(5, stopped), exported(2, 'one')];
  expect(knownFrom(inForce)).toMatchObject({ table: { stopped }, undecided: [], journalled: 2 });
  const lifted = [...inForce, decide(8, 'two', 'lift'), memo(9, null), exported(3, 'two')];
  expect(knownFrom(lifted).table).not.toHaveProperty('stopped');
  expect(knownFrom(lifted)).toMatchObject({ undecided: [], journalled: 3 });
  expect(knownFrom([...lifted, decide(10, 'three', 'stop')]).undecided).toEqual([request('three', 'stop')]);
});

it('what decisions were answered is known again, however they came, and for as long as they may come again', () => {
  const evidence = {
    id: 'two',
    decision: 'take-over',
    rollout: 'r',
    accepted: false,
    answer: 'it runs',
    reason: 'x',
  };
  const exported: Happened = {
    at: 7,
    type: 'called',
    name: 'exportJournal',
    args: [
      { events: [{ number: 2, at: 6, type: 'decision', reason: '', by: 'ben', signed: 'j.w.s', evidence }] },
    ],
  };
  const { answers, undecided } = knownFrom([
    started({ answers: [{ id: 'zero', answer: { accepted: true, reason: 'before' } }] }),
    nobody,
    {
      at: 3,
      type: 'asked',
      id: 'one',
      name: locksNames.decide,
      args: [{ ...request('one', 'lift'), signed: 's' }],
    },
    { at: 4, type: 'answered', id: 'one', answer: { accepted: true, reason: 'lifted' } },
    signalled(5, locksNames.decide, { id: 'two', type: 'take-over', rollout: 'r', by: 'ben', reason: 'x' }),
    exported,
  ]);
  expect(undecided).toEqual([]);
  expect(answers).toEqual([
    { id: 'zero', answer: { accepted: true, reason: 'before' } },
    {
      id: 'one',
      answer: { accepted: true, reason: 'lifted' },
      what: 'lift',
      by: 'ana',
      until: 4 + longestValid,
    },
    {
      id: 'two',
      answer: { accepted: false, reason: 'it runs' },
      what: 'take-over of r',
      by: 'ben',
      until: 6 + longestValid,
    },
  ]);
});

it('what nobody could mean changes nothing', () => {
  const garbage = [
    signalled(3, locksNames.release, null),
    signalled(4, locksNames.decide, 'x'),
    signalled(5, 'unheard-of', {}),
    { ...acquire(6), args: ['x'] } as Happened,
  ];
  expect(knownFrom([started(), nobody, ...garbage])).toMatchObject({ table: { holders: [] }, undecided: [] });
});

it('who answers nobody holds what its history says', () => {
  const asked: Happened = { at: 3, type: 'called', name: 'acquire', args: [asking('one', 0)] };
  const answered = (at: number, status: string): Happened => ({
    at,
    type: 'returned',
    name: 'acquire',
    result: { status, behind: [] },
  });
  const began: Happened = { at: 1, type: 'started', input: {} };
  expect(heldBy('one', [began])).toBeUndefined();
  expect(heldBy('one', [began, asked, answered(4, 'queued')])).toBeUndefined();
  const granted = [began, asked, answered(4, 'queued'), signalled(5, 'lock', { status: 'granted' })];
  expect(heldBy('one', granted)).toMatchObject({ rollout: 'one', scope: ['flag:a'], askedAt: 3 });
  const released: Happened = { at: 6, type: 'returned', name: 'release', result: null };
  expect(heldBy('one', [...granted, released])).toBeUndefined();
});
