import { beforeAll, expect, it } from 'vitest';
import { delegationsIn } from '../../../activities/identity/delegations.js';
import { sign } from '../../../activities/identity/sign.js';
import type { DoorKey } from '../../../activities/identity/door-key.js';
import type { Doors } from '../../../activities/identity/verify.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { boundOfLocksDecision } from '../../../src/identity/claims.js';
import type { LocksChoice } from '../../../src/protocol/locks.js';
import { claimsWith, doorWith, noon } from './given.js';

const day = 86_400_000;
const handOver = { type: 'delegate', to: 'ben', gates: ['go'], until: noon + 7 * day } as const;
let key: DoorKey;
let forged: DoorKey;
let doors: Doors;
beforeAll(async () => {
  const [own, other] = await Promise.all([doorWith('k1'), doorWith('k1')]);
  [key, forged] = [own.key, other.key];
  doors = { api: own.door };
});

/** An accepted decision as the journal of the locks has it. */
async function decided(
  id: string,
  choice: LocksChoice,
  {
    by = 'ana',
    env = 'prod',
    at = noon,
    as = key,
  }: { by?: string; env?: string; at?: number; as?: DoorKey } = {},
): Promise<JournalEvent> {
  const { proof, via, iat, exp } = claimsWith();
  const bound = boundOfLocksDecision(env, { ...choice, id, by, reason: 'holiday' });
  const signed = await sign({ ...bound, id, proof, via, submittedBy: by, iat, exp }, as);
  return {
    number: 1,
    at,
    type: 'decision',
    reason: 'r',
    by,
    signed,
    evidence: { id, decision: choice.type },
  };
}

const namesOf = async (...events: JournalEvent[]) =>
  (await delegationsIn(events, 'prod', doors)).map(({ id }) => id);

it('what a door has signed is a delegation of whoever decided, from then on', async () => {
  const later = noon + day;
  const events = [
    await decided('one', handOver),
    await decided('two', { ...handOver, gates: ['*'], since: later }),
    await decided('three', { ...handOver, since: noon - day }),
  ];
  const { to, gates, until } = handOver;
  const made = { id: 'one', from: 'ana', to, gates, since: noon, until, reason: 'holiday' };
  expect(await delegationsIn(events, 'prod', doors)).toEqual([
    made,
    { ...made, id: 'two', gates: ['*'], since: later },
    // What was before it was decided stays as it was.
    { ...made, id: 'three' },
  ]);
});

it('its delegator ends it, and nobody else', async () => {
  const made = await decided('one', handOver);
  const end = { type: 'end-delegation', delegation: 'one' } as const;
  expect(await namesOf(made, await decided('two', end, { by: 'ben' }))).toEqual(['one']);
  expect(await namesOf(made, await decided('two', end))).toEqual([]);
  expect(await namesOf(await decided('two', end), made)).toEqual(['one']);
});

it('what no door has signed, or for something else, or with a key that was known to have leaked, is none', async () => {
  const { signed: _signed, ...unsigned } = await decided('one', handOver);
  const stop = await decided('one', { type: 'stop' });
  expect(await namesOf(unsigned)).toEqual([]);
  expect(await namesOf(await decided('one', handOver, { as: forged }))).toEqual([]);
  expect(await namesOf(await decided('one', handOver, { env: 'staging' }))).toEqual([]);
  expect(await namesOf({ ...stop, evidence: { id: 'one', ...handOver, gates: ['go'] } })).toEqual([]);

  const event = await decided('one', handOver, { at: noon + 60_000 });
  const revoked = (at: number): Doors => ({
    api: { ...doors['api']!, keys: doors['api']!.keys.map((one) => ({ ...one, revoked: at })) },
  });
  expect(await delegationsIn([event], 'prod', revoked(noon + 30_000))).toEqual([]);
  expect(await delegationsIn([event], 'prod', revoked(noon + 90_000))).toHaveLength(1);
});
