import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** A sentence for people that a program takes apart: the fact has to stand beside it. */
const readsProse = [
  /\.(?:reason|why|verify|text|problem)\??\.(?:split|match|matchAll|startsWith|endsWith|includes|replace|search)\(/,
  /\.(?:exec|test)\([\w.?]*\.(?:reason|why|verify|problem)\)/,
];

const findings = (source: string) =>
  source.split('\n').filter((line) => readsProse.some((one) => one.test(line)));

it('nothing reads a fact back from a sentence', async () => {
  const list = execFileSync('git', ['ls-files', 'src', 'apps', 'workflows', 'activities'], { cwd: root });
  const files = list
    .toString()
    .trim()
    .split('\n')
    .filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(100);
  const found = await Promise.all(
    files.map(async (file) =>
      findings(await readFile(join(root, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
    ),
  );
  expect(found.flat()).toEqual([]);
});

it.each([
  "const end = event?.reason.split(':')[0];",
  'const found = /^accepted, (.*)$/.exec(event.reason);',
  "if (answer.reason.startsWith('refused')) return;",
])('would find %s', (line) => {
  expect(findings(line)).toEqual([line]);
});
