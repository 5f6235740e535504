import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isShipped, missingWhereInstalled, type Manifest } from './shipped.js';

const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
const rooms = ['src', 'workflows', 'activities', 'apps', 'runbooks', 'demo', 'bench'];
const read = new Map<string, string>();
for (const file of execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', ...rooms.map((room) => `${room}/**.ts`)],
  { cwd: root, encoding: 'utf8' },
)
  .trim()
  .split('\n'))
  read.set(file, await readFile(join(root, file), 'utf8'));

describe('what is packed', () => {
  it('imports only what is packed, and what is installed with it', () => {
    const all = new Map(read);
    expect(all.size).toBeGreaterThan(500);
    expect(isShipped(manifest, 'demo/stack/dev-process.ts')).toBe(true);
    expect(missingWhereInstalled(manifest, all)).toEqual([]);
  });

  it.each([
    ['what is installed for development alone', "import { createEmulator } from 'emulate';"],
    ['the same, when it is asked for', "const late = await import('emulate');"],
    ['the same, for what it does', "import 'emulate';"],
    ['the same, of several lines', "import {\n  createEmulator,\n} from 'emulate';"],
    ['a file that is not packed', "export * from '../../bench/figures.js';"],
    ['its process', "fork(new URL('../../demo/run/main.js', import.meta.url));"],
  ])('is found to import %s', (_, line) => {
    const all = new Map(read).set('apps/local/planted.ts', line);
    expect(missingWhereInstalled(manifest, all)).toEqual([
      expect.stringMatching(/^apps\/local\/planted\.ts imports /),
    ]);
  });

  it('may name types, and what is not packed may import anything', () => {
    const all = new Map(read);
    all.set('apps/local/planted.ts', "import type { Emulator } from 'emulate';");
    all.set('bench/planted.ts', "import { createEmulator } from 'emulate';");
    expect(missingWhereInstalled(manifest, all)).toEqual([]);
  });
});
