import type { Client } from '@temporalio/client';
import { Refusal } from '../../../src/engine/base/errors.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTargets, type ReadingTools } from '../../../activities/locks/read-targets.js';
import { freshRecords, type FreshRecords } from '../../support/records.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { actsOf, type Plan, type Target } from '../../../src/engine/plan/plan.js';
import type { Verbs } from '../../../src/engine/state/ports.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';

const plan: Plan = splitCustomerName.evaluate({});
const digest = planDigest(plan);
const rollout = 'rollout/local/split-customer-name/gone';
const table: Target = 'table:shop.customer';
const flag: Target = 'flag:split-name';

let records: FreshRecords;
let verified: Verbs['verify']['in'][];
beforeEach(async () => {
  records = await freshRecords();
  verified = [];
});
afterEach(() => records.close());

const capture = (target: Target, of = rollout) =>
  records.captures.putIfAbsent(of, target, { target, at: 1, state: {} });

/** @param journal the steps that captured their targets, as history says */
function tools(
  journal: readonly string[],
  verify: (target: Target) => Verbs['verify']['out'] = () => equal,
): ReadingTools {
  const events = journal.map((step) => ({ type: 'captured', step })) as unknown as JournalEvent[];
  const workflow = { getHandle: () => ({ query: () => Promise.resolve(events) }) };
  const withDeadline = <T>(_deadline: number, call: () => Promise<T>) => call();
  return {
    client: { workflow, withDeadline } as unknown as Client,
    records,
    verify: async (input) => {
      verified.push(input);
      return verify(input.capture.target);
    },
  };
}

const work = { signal: new AbortController().signal, heartbeat: () => undefined };
const equal = { verified: true, reason: 'equal', evidence: {} };
const different = { verified: false, reason: 'different', evidence: { percent: 25 } };
const stepOn = (target: Target) => actsOf(plan).find((act) => act.target === target)!.id;
const given = { rollout, digest, reading: 'r1', all: false };

describe('reading what an orphan left', () => {
  beforeEach(() => records.plans.put(digest, plan));

  it('reads what was exposed first, with all acts on it, under a key of its own', async () => {
    await capture(table);
    await capture(flag);
    const readings = await readTargets(tools([stepOn(table), stepOn(flag)]), given, work);
    expect(readings).toMatchObject([
      { target: flag, asCaptured: true },
      { target: table, asCaptured: true },
    ]);
    for (const { acts, capture: read, key } of verified) {
      expect(acts).toEqual(actsOf(plan).filter((act) => act.target === read.target));
      expect(key).toEqual({ rollout, step: 'take-over/r1', epoch: 0 });
    }
  });

  it('leaves tables alone while a flag is not as it was, unless all are asked for', async () => {
    await capture(table);
    await capture(flag);
    const looking = tools([stepOn(table), stepOn(flag)], (target) => (target === flag ? different : equal));
    expect(await readTargets(looking, given, work)).toEqual([
      { target: flag, asCaptured: false, reason: 'different', evidence: { percent: 25 } },
    ]);
    expect(await readTargets(looking, { ...given, all: true }, work)).toHaveLength(2);
  });

  it('never takes a missing record for a target that is as it was', async () => {
    expect(await readTargets(tools([stepOn(flag)]), given, work)).toMatchObject([
      { target: flag, asCaptured: false, reason: expect.stringContaining('not in the records') as string },
    ]);
    await capture(flag);
    const unknown = await readTargets(tools([stepOn(flag)]), { ...given, digest: 'a'.repeat(64) }, work);
    expect(unknown).toMatchObject([{ target: flag, asCaptured: false }]);
    const reverts = { ...given, reverts: 'rollout/local/split-customer-name/older' };
    expect((await readTargets(tools([]), reverts, work)).map(({ asCaptured }) => asCaptured)).toEqual([
      false,
      false,
    ]);
    expect(verified).toEqual([]);
  });

  it('reads nothing when nothing was ever touched, and the captures of the one it took back', async () => {
    expect(await readTargets(tools([]), given, work)).toEqual([]);
    const older = 'rollout/local/split-customer-name/older';
    await capture(flag, older);
    expect(await readTargets(tools([]), { ...given, reverts: older }, work)).toMatchObject([
      { target: flag, asCaptured: true },
    ]);
    expect(verified.at(-1)?.key.rollout).toBe(older);
  });

  it('takes what can never be read for different, and tries again what may be read later', async () => {
    await capture(flag);
    const failing = (error: Error) =>
      tools([stepOn(flag)], () => {
        throw error;
      });
    const gone = new Refusal('flag split-name', 'does not exist', 'add it');
    expect(await readTargets(failing(gone), given, work)).toMatchObject([
      { asCaptured: false, reason: expect.stringContaining('does not exist') as string },
    ]);
    await expect(readTargets(failing(new Error('busy')), given, work)).rejects.toThrow('busy');
  });
});
