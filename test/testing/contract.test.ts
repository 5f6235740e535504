import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Titles of the tests that an adapter failed, by adapter. */
const failed = new Map<string, string[]>();

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { ancestorTitles: string[]; title: string; status: string }[];
  }[];
}

beforeAll(async () => {
  const args = ['run', '--config', 'test/testing/vitest.config.ts', '--reporter=json'];
  const output = await new Promise<string>((done) =>
    // It ends with 1, for tests fail.
    execFile(join(root, 'node_modules/.bin/vitest'), args, { cwd: root }, (_error, stdout) => done(stdout)),
  );
  const { testResults } = JSON.parse(output) as Report;
  for (const { ancestorTitles, title, status } of testResults.flatMap((file) => file.assertionResults)) {
    const name = ancestorTitles[0]!.replace(' keeps the contract', '');
    failed.set(name, [...(failed.get(name) ?? []), ...(status === 'failed' ? [title] : [])]);
  }
});

it.each([
  ['always shows', 'apply twice is apply once'],
  ['never puts back', 'taking back gives the captured state, verified'],
  ['reads what it remembers', 'apply twice is apply once'],
  ['changes when it reads', 'check and read change nothing'],
  ['forgets what it buried', 'a late apply after taking back is refused and has no effect'],
  ['has another name', 'names its kind after itself'],
])('the contract refuses an adapter that %s', (name, title) => {
  expect(failed.get(name)).toContain(title);
});

it('passes one that fits', () => {
  expect(failed.get('fits')).toEqual([]);
});
