import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { Plan, Target } from '../../../src/engine/plan/plan.js';
import type { Capture } from '../../../src/engine/state/values.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import { freshRecords } from '../../support/records.js';

const rollout = 'rollout/local/split-customer-name/2026-11-23T22:00:00Z';

async function given() {
  const records = await freshRecords();
  onTestFinished(() => records.close());
  return records;
}

function captureOf(target: Target, at: number): Capture {
  return { target, at, state: { percent: at } };
}

describe('captures', () => {
  it('keep the first, whoever comes second, in whichever worker', async () => {
    const records = await given();
    const first = captureOf('flag:split-name', 1);
    expect(await records.captures.putIfAbsent(rollout, first.target, first)).toEqual(first);
    const other = records.again().captures;
    expect(await other.putIfAbsent(rollout, first.target, captureOf(first.target, 2))).toEqual(first);
    expect(await other.get(rollout, first.target)).toEqual(first);
  });

  it('give all who come at once the same one', async () => {
    const records = await given();
    const workers = [records, records.again(), records.again()];
    const puts = Array.from({ length: 20 }, (_, at) =>
      workers[at % 3]!.captures.putIfAbsent(rollout, 'flag:a', captureOf('flag:a', at)),
    );
    const kept = await Promise.all(puts);
    expect(new Set(kept.map((capture) => capture.at)).size).toBe(1);
    expect(await records.captures.list(rollout)).toEqual([kept[0]]);
  });

  it('are listed by rollout, for any ids and states', async () => {
    const records = await given();
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 199 });
    let at = 0;
    await fc.assert(
      fc.asyncProperty(id, fc.uniqueArray(id, { maxLength: 4 }), fc.string(), async (name, targets, text) => {
        const own = `${name}/${at}`;
        const captures = targets.map((target): Capture => {
          return { ...captureOf(`flag:${target}`, at++), state: { text: `${text}\u0000\ud800` } };
        });
        for (const capture of captures) await records.captures.putIfAbsent(own, capture.target, capture);
        const listed = await records.captures.list(own);
        expect(new Set(listed)).toEqual(new Set(captures));
        expect(await records.captures.list(`${own}/x`)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('answer nothing for what was never captured, and refuse what was changed', async () => {
    const records = await given();
    expect(await records.captures.get(rollout, 'flag:a')).toBeUndefined();
    await records.captures.putIfAbsent(rollout, 'flag:a', captureOf('flag:a', 1));
    for (const damage of ['{}', 'null', '{"target":"flag:b","at":1,"state":{}}']) {
      await records.query('UPDATE switchback.captures SET capture = $1', [damage]);
      await expect(records.captures.get(rollout, 'flag:a')).rejects.toThrow(Refusal);
      await expect(records.captures.list(rollout)).rejects.toThrow(/is not what was kept/);
      const put = records.captures.putIfAbsent(rollout, 'flag:a', captureOf('flag:a', 2));
      await expect(put).rejects.toThrow(/is not what was kept; put it back from a backup/);
    }
  });
});

describe('plans', () => {
  const plan = { format: 1, runbook: 'x', params: { canary: [5], odd: '\u0000' } } as unknown as Plan;
  const digest = planDigest(plan);

  it('are found by their digest', async () => {
    const records = await given();
    expect(await records.plans.get(digest)).toBeUndefined();
    await records.plans.put(digest, plan);
    await records.plans.put(digest, plan);
    expect(await records.plans.get(digest)).toEqual(plan);
  });

  it('refuse another digest', async () => {
    const records = await given();
    await expect(records.plans.put('0'.repeat(64), plan)).rejects.toThrow(`has the digest ${digest}`);
    expect(await records.plans.get('0'.repeat(64))).toBeUndefined();
  });

  it('refuse a plan that was changed in the store', async () => {
    const records = await given();
    await records.plans.put(digest, plan);
    await records.query(`UPDATE switchback.plans SET plan = replace(plan::text, '[5]', '[50]')::json`);
    await expect(records.plans.get(digest)).rejects.toThrow(/was changed after it was written/);
  });
});
