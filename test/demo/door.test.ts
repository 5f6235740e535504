import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../../apps/local/ports.js';

const root = resolve(import.meta.dirname, '../..');

/** The demo as `npm run demo` starts it, from what was built. */
function demo(args: readonly string[], hear: (said: string) => void) {
  const child = spawn(process.execPath, [join(root, 'dist/demo/run/main.js'), ...args], { cwd: root });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => hear((out += chunk.toString())));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  return { child, ended, said: () => ({ out, err }) };
}

it('carries the good scenario over HTTP in a shared environment, and stays up until it is told to end', async () => {
  const port = await freePort();
  let told = (): void => undefined;
  const printed = new Promise<void>((done) => (told = done));
  const args = ['--door', 'api', '--yes', '-o', 'json', '--keep', '--port', String(port)];
  const { child, ended, said } = demo(args, (out) => out.includes('\n') && told());
  await Promise.race([printed, ended]);

  const health = await fetch(`http://127.0.0.1:${port}/health`);
  const [ready, rollouts] = [
    await fetch(`http://127.0.0.1:${port}/ready`),
    await fetch(`http://127.0.0.1:${port}/v1/rollouts`),
  ];
  expect([health.status, ready.status, rollouts.status]).toEqual([200, 200, 401]);
  child.kill('SIGTERM');
  const code = await ended;
  const { out, err } = said();
  expect([code, code === 0 ? '' : err]).toEqual([0, '']);
  const summary = JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as object;
  expect(summary).toMatchObject({
    scenario: 'good',
    outcome: 'completed',
    failed: 0,
    rowsLost: 0,
    verified: true,
    drill: { drilled: 3, passed: 3, failed: [], rowsLost: 0 },
    decisions: [
      { by: 'ana', via: 'api', submittedBy: 'ana' },
      { by: 'ben', via: 'api', submittedBy: 'ben' },
      { by: 'ana', via: 'api', submittedBy: 'ana' },
    ],
  });
}, 300_000);

it('has go approved by two clicks in Slack, and purge, for which a click is too little, by the command that the message holds', async () => {
  const args = ['--door', 'slack', '--yes', '-o', 'json', '--slack-transcript'];
  const { ended, said } = demo(args, () => undefined);
  const code = await ended;
  const { out, err } = said();
  expect([code, code === 0 ? '' : err]).toEqual([0, '']);
  const lines = out.trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
    scenario: 'good',
    outcome: 'completed',
    failed: 0,
    rowsLost: 0,
    verified: true,
    drill: { drilled: 3, passed: 3, failed: [], rowsLost: 0 },
    decisions: [
      { by: 'ana', via: 'slack', submittedBy: 'ana' },
      { by: 'ben', via: 'slack', submittedBy: 'ben' },
      { by: 'ana', via: 'api', submittedBy: 'ana' },
    ],
  });
  expect(err).toContain('go? split-customer-name in shared');
  expect(err).toContain('[Approve] [Reject…] [Extend…] [Comment…] [Details]');
  expect(err).toMatch(/npx switchback approve rollout\/shared\/split-customer-name/);
  expect(err).toContain('split-customer-name in shared: completed');
}, 300_000);
