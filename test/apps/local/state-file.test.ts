import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  readStateFile,
  removeStateFile,
  stateFile,
  writeStateFile,
  type StackState,
} from '../../../apps/config/state-file.js';
import { scratchDirectory } from './scratch.js';

const state: StackState = {
  format: 1,
  startedAt: '2026-01-02T03:04:05.678Z',
  temporal: { address: '127.0.0.1:7233', pid: 12 },
  postgres: { url: 'postgres://postgres:secret@127.0.0.1:5432/shop', pid: 13 },
  owner: { pid: 11 },
};

test('what is written is read again, by its owner alone, and nothing else is left', async () => {
  const dir = join(await scratchDirectory(), 'new');
  const file = join(dir, 'stack.json');
  expect(await readStateFile(file)).toBeUndefined();
  await writeStateFile({ ...state, flagFile: '/a' }, file);
  await writeStateFile(state, file);
  expect(await readStateFile(file)).toEqual(state);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(dir)).toEqual(['stack.json']);
  await removeStateFile(file);
  await removeStateFile(file);
  expect(await readStateFile(file)).toBeUndefined();
});

test.each([
  ['no JSON', '{"format": 1,', /not JSON/],
  ['another format', JSON.stringify({ ...state, format: 2 }), /format/],
  ['a pid that means a process group', JSON.stringify({ ...state, owner: { pid: -1 } }), /owner\.pid/],
  ['nothing', '', /not JSON/],
])('a file that holds %s is refused, by name and with the fix', async (_, text, rule) => {
  const file = join(await scratchDirectory(), 'stack.json');
  await writeFile(file, text);
  const error = await readStateFile(file).catch((caught: Error) => caught.message);
  expect(error).toContain(file);
  expect(error).toMatch(rule);
  expect(error).toContain('remove the file');
});

test('its place: SWITCHBACK_STATE, then XDG_STATE_HOME, then the home directory', () => {
  const env = { HOME: '/home/ann', XDG_STATE_HOME: '/state', SWITCHBACK_STATE: '/here/my.json' };
  expect(stateFile(env)).toBe('/here/my.json');
  expect(stateFile({ ...env, SWITCHBACK_STATE: '' })).toBe('/state/switchback/stack.json');
  expect(stateFile({ HOME: '/home/ann', XDG_STATE_HOME: 'relative' })).toBe(
    '/home/ann/.local/state/switchback/stack.json',
  );
});
