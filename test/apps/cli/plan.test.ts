import { afterAll, beforeAll, expect, it } from 'vitest';
import { switchback } from './console.js';
import { askingPlan, scratch } from './plans.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';

const runbook = 'runbooks/split-customer-name.ts';
let files: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => (files = await scratch()));
afterAll(() => files.remove());

it('a runbook with parameters becomes a plan with its digest, which is the same when read from a file', async () => {
  const args = ['plan', runbook, '--param', 'canary=[10]', '--param', 'soakFor=2h', '-o', 'json'];
  const first = await switchback(args);
  expect([first.code, first.stderr]).toEqual([0, '']);
  const plan = first.json<{ digest: string; params: object }>();
  expect(plan.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(plan.params).toMatchObject({ canary: [10], soakFor: '2h' });

  const again = await switchback(['plan', await files.write('plan.json', first.stdout), '-o', 'json']);
  expect(again.json()).toEqual(plan);
});

it('a plan file needs no digest', async () => {
  const file = await files.write('bare.json', askingPlan());
  const ran = await switchback(['plan', file, '-o', 'json']);
  expect(ran.json().digest).toBe(planDigest(askingPlan()));
});

it('people see the steps by phase with why and undo, the guards, and the timeline to its end', async () => {
  const { stdout } = await switchback(['plan', runbook]);
  expect(stdout).toMatch(/^expand\n {2}act {3}add-columns\/shop\.customer\n +why +The new version needs/m);
  expect(stdout).toMatch(/undo +none, the point of no return: what full_name held is gone/);
  expect(stdout).toMatch(/approval +2 of team-checkout, sre within 2d, else it rolls back/);
  expect(stdout).toMatch(/errors {2}error rate of shop, at most 5 %/);
  expect(stdout).toMatch(/\+30m +expose\/split-name\/25/);
  expect(stdout.trimEnd()).toMatch(/earliest end: 8d2h after the start$/);
});

it('a CommonJS module with a default export wrapped once more is a runbook, too', async () => {
  const source = `
    const brand = Symbol.for('switchback.runbook');
    const plan = ${JSON.stringify(askingPlan())};
    exports.__esModule = true;
    exports.default = { [brand]: true, name: plan.runbook, owner: plan.owner, evaluate: () => plan };
  `;
  const ran = await switchback(['plan', await files.write('wrapped.cjs', source), '-o', 'json']);
  expect([ran.code, ran.json().runbook]).toEqual([0, 'rename-thing']);
});

it('warns of a drain that is shorter than flag providers poll, and prints the plan all the same', async () => {
  const { code, stdout, stderr } = await switchback(['plan', runbook, '--param', 'drain=1s', '-o', 'json']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning: expose\/split-name\/5 drains for 1s, .*longest request, together\n$/);
  expect(JSON.parse(stdout)).not.toHaveProperty('warnings');
});

it('colours are for terminals, and not with NO_COLOR', async () => {
  const coloured = (ran: { stdout: string }) => ran.stdout.includes('\u001b[');
  expect(coloured(await switchback(['plan', runbook], { tty: true }))).toBe(true);
  expect(coloured(await switchback(['plan', runbook], { tty: true, env: { NO_COLOR: '1' } }))).toBe(false);
  expect(coloured(await switchback(['plan', runbook]))).toBe(false);
});

it('help says what the exit codes mean', async () => {
  for (const args of [['--help'], ['help', 'exit-codes'], ['help']]) {
    const ran = await switchback(args);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('5    rolled back or halted, when the end was awaited');
  }
  expect((await switchback(['help', 'start'])).stdout).toContain('--wait');
});
