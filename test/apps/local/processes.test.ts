import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isProgram, sendOff, stopPid } from '../../../apps/local/processes.js';
import { scratchDirectory, script } from './scratch.js';
import { eventually } from '../../support/eventually.js';

/** Starts a command; answers its pid once it wrote a line, which comes with it. */
async function started(file: string, ...args: string[]) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid as number, child, line: line.toString('utf8').trim() };
}

test('a pid that belongs to another program by now is left alone', async () => {
  const { pid, child } = await started('/bin/sh', '-c', 'echo up; exec /bin/sleep 60');
  expect(await stopPid(pid, 'temporal')).toBe(false);
  expect(await stopPid(pid, 'sleep', '--port')).toBe(false);
  expect(child.exitCode ?? child.signalCode).toBeNull();
});

test('the program itself is stopped, and then it is gone', async () => {
  const { pid } = await started('/bin/sh', '-c', 'echo up; exec /bin/sleep 60');
  // It says "up" while it is still the shell.
  await eventually(async () => expect(await isProgram(pid, 'sleep', '60')).toBe(true));
  expect(await stopPid(pid, 'sleep', '60')).toBe(true);
  expect(await stopPid(pid, 'sleep', '60')).toBe(false);
});

test('a script is known by its name without extension', async () => {
  const file = await script(
    join(await scratchDirectory(), 'switchback.js'),
    'echo up',
    'while :; do sleep 1; done',
  );
  const { pid } = await started(file);
  expect(await isProgram(pid, 'switchback')).toBe(true);
  expect(await stopPid(pid, 'switchback')).toBe(true);
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 31 - 1])('%s is no process', async (pid) => {
  expect(await stopPid(pid, 'node')).toBe(false);
});

test('a zombie, which nobody reaps in a small container, counts as gone', async () => {
  const { line } = await started('/bin/sh', '-c', '/bin/sleep 0 & echo $!; exec /bin/sleep 60');
  await eventually(async () => expect(await isProgram(Number(line), 'sleep')).toBe(false));
});

test('who ignores the first signal gets the next', async () => {
  const { pid, child } = await started('/bin/sh', '-c', 'trap "" TERM; echo up; while :; do sleep 1; done');
  const runs = () => child.exitCode === null && child.signalCode === null;
  await sendOff(
    pid,
    runs,
    [
      ['SIGTERM', 200],
      ['SIGKILL', 10_000],
    ],
    'sh',
  );
  expect(child.signalCode).toBe('SIGKILL');
});

test('who outlives every signal is an error', async () => {
  const { pid } = await started('/bin/sh', '-c', 'trap "" TERM; echo up; while :; do sleep 1; done');
  await expect(sendOff(pid, () => true, [['SIGTERM', 50]], 'sh')).rejects.toThrow(/still runs/);
});
