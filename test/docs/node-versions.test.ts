import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { triedMajors } from './node-versions.js';

const root = resolve(import.meta.dirname, '../..');

it('the README names the versions of Node that the package takes, and those that are tried', async () => {
  const { engines } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const oldest = /^>=(\d+\.\d+)$/.exec(engines.node)?.[1];
  const readme = (await readFile(resolve(root, 'README.md'), 'utf8')).replaceAll(/\s+/g, ' ');
  expect(readme).toContain(
    `Node ${oldest} or later (each release is tried on ${triedMajors.join(' and ')}, too)`,
  );
});
