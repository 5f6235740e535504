import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOnPath, runCommand } from '../../../apps/local/commands.js';
import { scratchDirectory, script } from './scratch.js';

test('how a command ended is told, never thrown', async () => {
  const directory = await scratchDirectory();
  const file = await script(join(directory, 'run'), 'echo out; echo first >&2; echo last >&2; exit $1');
  expect(await runCommand(file, ['0'])).toMatchObject({ stdout: 'out\n', reason: undefined });
  expect((await runCommand(file, ['3'])).reason).toBe('last');
  expect((await runCommand(join(directory, 'absent'), [])).reason).toContain('ENOENT');
  expect((await runCommand(join(file, 'below-a-file'), [])).reason).toMatch(/ENOTDIR|EACCES/);
  const slow = await script(join(directory, 'slow'), 'exec /bin/sleep 60');
  expect((await runCommand(slow, [], { timeoutMs: 100 })).reason).toBe('did not end in time');
});

test('only an executable file on PATH is found', async () => {
  const directory = await scratchDirectory();
  const [first, second] = [join(directory, 'first'), join(directory, 'second')] as const;
  await mkdir(join(first, 'tool'), { recursive: true });
  await mkdir(second);
  const file = await script(join(second, 'tool'), 'exit 0');
  expect(await findOnPath('tool', { PATH: `${first}:/absent::${second}` })).toBe(file);
  expect(await findOnPath('other', { PATH: second })).toBeUndefined();
  expect(await findOnPath('tool', {})).toBeUndefined();
});
