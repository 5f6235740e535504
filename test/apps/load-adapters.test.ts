import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect, it, vi } from 'vitest';
import { booksInMemory } from '../../activities/adapter/book-store.js';
import { readConfiguration } from '../../apps/config/config.js';
import { loadAdapters } from '../../apps/worker/load-adapters.js';
import { work } from '../../src/testing/index.js';
import { scratchDirectory } from './local/scratch.js';

const root = resolve(import.meta.dirname, '../..');

const dial = `
import { Refusal } from 'switchback-rollouts';
import { defineAdapter } from 'switchback-rollouts/adapter';
import { z } from 'zod';

export default defineAdapter({
  name: 'dial',
  settings: z.strictObject({ token: z.string() }),
  state: z.strictObject({ name: z.string(), token: z.string() }),
  landsWithin: '1s',
  read: ({ name, settings }) => Promise.resolve({ name, token: settings.token }),
  restore: () => Promise.resolve(),
  actions: {
    turn: {
      input: z.strictObject({ to: z.number() }),
      check: () => { throw new Refusal('dial', 'is stuck', 'oil it'); },
      shows: () => true,
      apply: () => Promise.resolve(),
    },
  },
});
`;

/** A team's own project with a configuration in it, and the adapters that are loaded from there. */
async function load(adapters: object, files: Record<string, string> = { 'adapters/dial.ts': dial }) {
  const directory = await scratchDirectory();
  const modules = join(directory, 'node_modules');
  await mkdir(modules);
  await symlink(root, join(modules, 'switchback-rollouts'));
  await symlink(join(root, 'node_modules/zod'), join(modules, 'zod'));
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const config = join(directory, 'switchback.config.json');
  const environment = { kind: 'local', records: join(directory, 'records'), adapters };
  await writeFile(config, JSON.stringify({ environments: { local: environment } }));
  return loadAdapters((await readConfiguration(config)).environments.local!, config, booksInMemory());
}

const module = './adapters/dial.ts';
const act = {
  type: 'act',
  id: 'act/turn',
  why: 'w',
  verify: 'v',
  target: 'dial:volume',
  do: { kind: 'dial.turn', input: { to: 1 } },
  undo: { type: 'restore' },
} as const;

it('loads an adapter from beside the configuration, with its settings', async () => {
  const [adapter] = await load({ dial: { module, settings: { token: 'secret' } } });
  expect(adapter?.name).toBe('dial');
  expect(await adapter?.read(act, work())).toEqual({ name: 'volume', token: 'secret' });
  // The module has its own copy of the class.
  await expect(adapter?.check(act, work())).rejects.toMatchObject({ name: 'Refusal', fix: 'oil it' });
});

it('takes a setting from a variable', async () => {
  vi.stubEnv('DIAL_TOKEN', 'from outside');
  const [adapter] = await load({ dial: { module, settings: { token: { env: 'DIAL_TOKEN' } } } });
  expect(await adapter?.read(act, work())).toMatchObject({ token: 'from outside' });
  vi.unstubAllEnvs();
});

const broken: readonly [string, object, Record<string, string> | undefined, RegExp][] = [
  [
    'a module that is not there',
    { dial: { module: './dial.ts' } },
    undefined,
    /adapter dial: .*dial.ts: is no file; name/,
  ],
  [
    'a module that is none',
    { dial: { module: './dial.txt' } },
    { 'dial.txt': '' },
    /is neither TypeScript nor JavaScript/,
  ],
  [
    'a module that does not parse',
    { dial: { module } },
    { 'adapters/dial.ts': 'const = 1' },
    /dial.ts: cannot be loaded: .*; fix the file/,
  ],
  [
    'a package that is not installed',
    { dial: { module } },
    { 'adapters/dial.ts': "import 'dial-driver';" },
    /cannot be loaded: .*npm install dial-driver/,
  ],
  [
    'another default export',
    { dial: { module } },
    { 'adapters/dial.ts': 'export default {}' },
    /is no adapter: .*; write: export default defineAdapter/,
  ],
  [
    'a name of ours',
    { postgres: { module } },
    undefined,
    /adapter postgres: has a name that Switchback uses itself; give it another/,
  ],
  [
    'the name of a target of ours',
    { flag: { module } },
    undefined,
    /adapter flag: has a name that Switchback uses/,
  ],
  [
    'another name',
    { knob: { module, settings: { token: 't' } } },
    undefined,
    /is the adapter dial; configure it as dial/,
  ],
  [
    'settings that are missing',
    { dial: { module } },
    undefined,
    /token in settings of adapter dial: Invalid input/,
  ],
  [
    'a variable that is not set',
    { dial: { module, settings: { token: { env: 'NOT_SET_AT_ALL' } } } },
    undefined,
    /variable NOT_SET_AT_ALL: is not set/,
  ],
  ['an unknown member', { dial: { modul: module } }, undefined, /environments.local.adapters.dial/],
];

it.each(broken)('refuses %s', async (_what, adapters, files, message) => {
  const loading = load(adapters, files);
  await expect(loading).rejects.toThrow(message);
  await expect(loading).rejects.toMatchObject({ name: 'Refusal' });
});
