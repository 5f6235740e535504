import { expect, it } from 'vitest';
import { sign } from '../../../activities/identity/sign.js';
import { verifySignatures } from '../../../activities/identity/verify-journal.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { claimsWith, doorWith, noon } from './given.js';

const { key, door, x } = await doorWith('k1');
const doors = { api: door };
const rollout = claimsWith().rollout;
const signed = await sign(claimsWith(), key);
const decision: JournalEvent = {
  number: 2,
  at: noon + 2_000,
  type: 'decision',
  reason: 'approve: accepted, 1 more needed',
  step: 'go',
  epoch: 0,
  by: 'ana',
  via: 'api',
  submittedBy: 'ana',
  signed,
  evidence: { id: 'a-1', decision: 'approve', accepted: true },
};
const faultsOf = async (...events: JournalEvent[]) =>
  (await verifySignatures(rollout, events, doors, true)).faults;

it('knows whose key signed what', async () => {
  const { signed: known, faults } = await verifySignatures(rollout, [decision], doors, true);
  expect(faults).toEqual([]);
  expect(known).toEqual([{ number: 2, kid: 'k1', claims: claimsWith() }]);
});

it.each<[string, Partial<JournalEvent>, string]>([
  ['another name', { by: 'ben' }, 'signed with by ana, not ben'],
  ['another door', { via: 'slack' }, 'signed with via api, not slack'],
  ['another who handed it in', { submittedBy: 'bot' }, 'signed with submittedBy ana'],
  ['another decision', { evidence: { ...decision.evidence, decision: 'reject' } }, 'signed for approve'],
  ['another id', { evidence: { ...decision.evidence, id: 'a-2' } }, 'signed for decision a-1'],
  ['another try', { epoch: 1 }, 'signed for try 0'],
  ['an earlier time', { at: noon - 120_000 }, 'signed after it is said'],
  ['no signature', { signed: undefined as never }, 'no door has signed it'],
  ['a signature that was cut', { signed: signed.slice(0, -4) }, 'does not fit'],
])('finds %s', async (_, change, reason) => {
  expect(await faultsOf({ ...decision, ...change })).toEqual([
    { number: 2, reason: expect.stringContaining(reason) as string },
  ]);
});

it('finds the signature of another rollout, and of a key that is not known any more', async () => {
  const other = await verifySignatures('rollout/prod/split/2', [decision], doors, true);
  expect(other.faults).toMatchObject([
    { reason: expect.stringContaining('signed for rollout/prod/split/1') as string },
  ]);
  const unknown = await verifySignatures(rollout, [decision], {}, true);
  expect(unknown.faults).toMatchObject([{ reason: expect.stringContaining('of no door') as string }]);
});

it('verifies with a key that was revoked later, and not what it signed afterwards', async () => {
  const revokedAt = async (revoked: number) =>
    verifySignatures(rollout, [decision], { api: { ...door, keys: [{ kid: 'k1', x, revoked }] } }, true);
  expect((await revokedAt(noon + 1)).faults).toEqual([]);
  expect((await revokedAt(noon)).faults).toHaveLength(1);
});

it('takes a pause for what it is that came with a stop', async () => {
  const stop = claimsWith({ rollout: 'locks/prod', decision: { type: 'stop', reason: 'fire' }, id: 's-1' });
  const { step: _s, epoch: _e, digest: _d, firstRun: _f, ...locks } = stop;
  const { step: _step, epoch: _epoch, ...rest } = decision;
  const pause = {
    ...rest,
    signed: await sign(locks, key),
    evidence: { id: 'stop/s-1', decision: 'pause', accepted: true },
  };
  expect(await faultsOf(pause)).toEqual([]);
  expect(await faultsOf({ ...pause, evidence: { ...pause.evidence, decision: 'abort' } })).toHaveLength(1);
});

it('wants a start to be signed, and no decision that was refused', async () => {
  const started: JournalEvent = { number: 1, at: noon, type: 'started', reason: 'r', by: 'ana' };
  expect(await faultsOf(started)).toMatchObject([{ number: 1 }]);
  expect((await verifySignatures(rollout, [started], doors, false)).faults).toEqual([]);
  const { signed: _, ...unsigned } = decision;
  expect(await faultsOf({ ...unsigned, evidence: { id: 'x', accepted: false } })).toEqual([]);
});
