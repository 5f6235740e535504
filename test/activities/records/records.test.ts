import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRecords } from '../../../activities/records/records.js';
import { planDigest } from '../../../src/engine/digest.js';
import { Refusal } from '../../../src/engine/errors.js';
import type { Plan, Target } from '../../../src/engine/plan.js';
import type { Capture } from '../../../src/engine/ports.js';

const rollout = 'rollout/local/split-customer-name/2026-11-23T22:00:00Z';

async function given() {
  const directory = await mkdtemp(join(tmpdir(), 'switchback-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return { directory, records: createRecords(directory) };
}

function captureOf(target: Target, at: number): Capture {
  return { target, at, state: { percent: at } };
}

async function onlyFileOf(directory: string, suffix: string): Promise<string> {
  const files = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith(suffix));
  expect(files).toHaveLength(1);
  return join(directory, files[0]!);
}

describe('captures', () => {
  it('keep the first, whoever comes second, in whichever worker', async () => {
    const { directory, records } = await given();
    const first = captureOf('flag:split-name', 1);
    expect(await records.captures.putIfAbsent(rollout, first.target, first)).toEqual(first);
    const other = createRecords(directory).captures;
    expect(await other.putIfAbsent(rollout, first.target, captureOf(first.target, 2))).toEqual(first);
    expect(await other.get(rollout, first.target)).toEqual(first);
  });

  it('give all who come at once the same one', async () => {
    const { directory } = await given();
    const puts = Array.from({ length: 20 }, (_, at) =>
      createRecords(directory).captures.putIfAbsent(rollout, 'flag:a', captureOf('flag:a', at)),
    );
    const kept = await Promise.all(puts);
    expect(new Set(kept.map((capture) => capture.at)).size).toBe(1);
    expect(await readdir(directory, { recursive: true })).toHaveLength(4);
  });

  it('are listed by rollout, for any ids', async () => {
    const { records } = await given();
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 199 });
    let at = 0;
    await fc.assert(
      fc.asyncProperty(id, fc.uniqueArray(id, { maxLength: 4 }), async (name, targets) => {
        const own = `${name}/${at}`;
        const captures = targets.map((target) => captureOf(`flag:${target}`, at++));
        for (const capture of captures) await records.captures.putIfAbsent(own, capture.target, capture);
        const listed = await records.captures.list(own);
        expect(new Set(listed)).toEqual(new Set(captures));
        expect(await records.captures.list(`${own}/x`)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('answer nothing for what was never captured, and refuse what was damaged', async () => {
    const { directory, records } = await given();
    expect(await records.captures.get(rollout, 'flag:a')).toBeUndefined();
    await records.captures.putIfAbsent(rollout, 'flag:a', captureOf('flag:a', 1));
    const file = await onlyFileOf(directory, '.json');
    for (const damage of ['', '<html>', '{"rollout":"another"}', 'null']) {
      await writeFile(file, damage);
      await expect(records.captures.get(rollout, 'flag:a')).rejects.toThrow(Refusal);
      await expect(records.captures.putIfAbsent(rollout, 'flag:a', captureOf('flag:a', 2))).rejects.toThrow(
        file,
      );
    }
  });
});

describe('plans', () => {
  const plan = { format: 1, runbook: 'x', params: { canary: [5] } } as unknown as Plan;
  const digest = planDigest(plan);

  it('are found by their digest', async () => {
    const { records } = await given();
    expect(await records.plans.get(digest)).toBeUndefined();
    await records.plans.put(digest, plan);
    await records.plans.put(digest, plan);
    expect(await records.plans.get(digest)).toEqual(plan);
  });

  it('refuse another digest, and what is none', async () => {
    const { records } = await given();
    await expect(records.plans.put('0'.repeat(64), plan)).rejects.toThrow(`has the digest ${digest}`);
    await expect(records.plans.get('../captures/x')).rejects.toThrow(/is not a digest/);
  });

  it('refuse a plan that was changed in the store', async () => {
    const { directory, records } = await given();
    await records.plans.put(digest, plan);
    const file = await onlyFileOf(directory, '.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('[5]', '[50]'));
    await expect(records.plans.get(digest)).rejects.toThrow(/another digest than its name/);
  });
});
