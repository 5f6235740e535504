import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './blocks.js';

const page = () => readFile(join(root, 'docs/architecture.md'), 'utf8');

it('draws with files that are there', async () => {
  const drawings = [...(await page()).matchAll(/```mermaid\n([^`]*)```/g)].map(([, text = '']) => text);
  expect(drawings).toHaveLength(3);
  const files = drawings.flatMap(
    (text) => text.match(/\b(?:src|apps|workflows|activities)\/[\w/-]+\.ts/g) ?? [],
  );
  expect(files.length).toBeGreaterThan(8);
  const missing = await Promise.all(
    files.map((file) =>
      stat(join(root, file)).then(
        () => [],
        () => [file],
      ),
    ),
  );
  expect(missing.flat()).toEqual([]);
});

it('names every test of a rule on the page of the rules, and each rule once', async () => {
  const rules = await readFile(join(root, 'docs/rules.md'), 'utf8');
  const tests = (await readdir(join(root, 'test/engine'))).filter((name) => name.startsWith('rule-'));
  expect(tests.filter((name) => !rules.includes(`test/engine/${name}`))).toEqual([]);
  expect([...rules.matchAll(/^## (\d+)\./gm)].map(([, number]) => Number(number))).toEqual(
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
});
