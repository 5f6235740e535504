import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const count = resolve(import.meta.dirname, '../../.ci/count.mjs');

/** What vitest's JSON reporter says of one run. */
const report = (over: Record<string, number> = {}) =>
  JSON.stringify({ numPassedTests: 2, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, ...over });

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'count-'));
  // Beside its reports a run keeps other things in this directory.
  await mkdir(join(dir, 'python'));
  await writeFile(join(dir, 'good.json'), report());
});

afterEach(() => rm(dir, { recursive: true }));

const counted = (...files: string[]) => {
  const { status, stdout } = spawnSync('node', [count, ...files.map((file) => join(dir, file))], {
    encoding: 'utf8',
  });
  return { status, stdout };
};

describe('the count of a release', () => {
  it('adds up runs in which everything passed', () => {
    expect(counted('good.json', 'good.json')).toEqual({
      status: 0,
      stdout: '4 passed, 0 failed, 0 skipped\n',
    });
  });

  it.each([
    ['a failed test', { numFailedTests: 1 }],
    ['a skipped test', { numPendingTests: 1 }],
    ['a test that is still to be written', { numTodoTests: 1 }],
    ['a run without any test', { numPassedTests: 0 }],
  ])('refuses %s', async (_, over) => {
    await writeFile(join(dir, 'bad.json'), report(over));
    expect(counted('good.json', 'bad.json').status).toBe(1);
  });

  it('refuses a report that is missing, and no report at all', () => {
    expect(counted('good.json', 'missing.json').status).not.toBe(0);
    expect(counted().status).not.toBe(0);
  });
});
