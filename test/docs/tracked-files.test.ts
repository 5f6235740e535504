import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './blocks.js';

/** Put together here, so that this file does not hold what it looks for. */
const registries = [
  ['registry', 'npmjs', 'org'],
  ['proxy', 'golang', 'org'],
  ['deb', 'debian', 'org'],
].map((parts) => parts.join('.'));

/** People who live in documentation only. */
const generic = ['ann', 'user', 'you'];

/** Paths and hosts that belong to the machine somebody worked on, not to the project. */
function foreignTo(text: string): string[] {
  const paths = [...text.matchAll(/(?<![\w.$}~-])\/(?:work|root)\/[\w./-]*/g)].map(([path]) => path);
  const homes = [...text.matchAll(/(?<![\w.$}~-])\/home\/(\w+)\//g)]
    .filter(([, name = '']) => !generic.includes(name))
    .map(([path]) => path);
  return [...paths, ...homes, ...registries.filter((host) => text.includes(host))];
}

/** What git tracks, but for the licence, whose text is not ours. */
function trackedFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  return listed.split('\0').filter((file) => file !== '' && file !== 'LICENSE');
}

it('no tracked file knows the machine it was written on', async () => {
  const files = trackedFiles();
  expect(files).toContain('package.json');
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(root, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
        // Deleted and not yet committed.
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      return foreignTo(text).map((what) => `${file}: ${what}`);
    }),
  );
  expect(found.flat()).toEqual([]);
});

it('finds what it looks for, and leaves alone what only looks like it', () => {
  const path = (...parts: string[]) => ['', ...parts].join('/');
  const planted = [
    `cd ${path('work', 'main')}`,
    `"${path('root', '.cache')}"`,
    path('home', 'kim', 'src'),
    `https:/${path(registries[0] ?? '', 'zod')}`,
  ];
  expect(planted.map((text) => foreignTo(text).length)).toEqual([1, 1, 1, 1]);
  const innocent = ['the /work of others', 'src/work/a.ts', '/var/cache/x', '/tmp/y', '/home/ann/.cache'];
  expect(innocent.flatMap(foreignTo)).toEqual([]);
});

it('the lock file names no place that packages were fetched from', async () => {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string }>;
  };
  const packages = Object.entries(lock.packages);
  expect(packages.length).toBeGreaterThan(50);
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});
