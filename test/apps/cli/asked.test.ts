import { userInfo } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plain, switchback, type ConsoleOptions, type Ran } from './console.js';
import { startEnvironment, type TestEnvironment } from './environment.js';
import { askingPlan, scratch } from './plans.js';
import { eventually } from '../../support/eventually.js';

let environment: TestEnvironment;
let files: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => {
  files = await scratch();
  environment = await startEnvironment();
});
afterAll(async () => {
  await environment?.stop();
  await files?.remove();
});

function call(args: readonly string[], options?: ConsoleOptions): Promise<Ran> {
  return switchback([...args, '--address', environment.address], options);
}

const listed = async (name: string, ...more: string[]) => {
  const ran = await call(['list', '--env', environment.name, '--waiting-for', name, ...more, '-o', 'json']);
  return ran.json<{ rollouts: { rollout: string }[] }>().rollouts.map(({ rollout }) => rollout);
};

it('a rollout is awaited, found by whom it asks, compared, and approved by who has seen what that means', async () => {
  const plan = await files.write('asking.json', askingPlan());
  const people = { ana: ['team-one'], [userInfo().username]: ['sre'] };
  const config = await files.write('config.json', {
    environments: { [environment.name]: { ...environment.configured, people } },
  });
  const started = await call(['start', plan, '--env', environment.name, '--as', 'ana', '-o', 'json']);
  const { rollout } = started.json<{ rollout: string }>();

  const open = await call(['wait', rollout, '--for', 'gate', '--timeout', '1m', '-o', 'json']);
  expect(open.code).toBe(0);
  expect(open.json()).toMatchObject({ rollout, for: 'gate', met: true, gate: { step: 'approve/go' } });
  const early = await call(['wait', rollout, '--for', 'outcome', '--timeout', '1ms', '-o', 'json']);
  expect([early.code, early.json().met]).toEqual([6, false]);

  // The list of workflows lags behind what they do.
  await eventually(async () => expect(await listed('sre')).toEqual([rollout]));
  expect(await listed('ana', '--config', config)).toEqual([rollout]);
  expect(await listed('me', '--config', config)).toEqual([rollout]);
  expect(await listed('support', '--config', config)).toEqual([]);
  expect((await call(['list', '--waiting-for', 'nobody-at-all'])).stdout).toBe(
    'no rollout waits for nobody-at-all\n',
  );

  const same = await call(['plan', plan, '--against', rollout]);
  expect([same.code, same.stdout]).toEqual([0, `the same plan as that of ${rollout}\n`]);
  const other = await files.write('other.json', { ...askingPlan(), why: 'Somebody said so.' });
  const differs = await call(['plan', other, '--against', rollout, '-o', 'json']);
  expect(differs.code).toBe(7);
  expect(differs.json()).toMatchObject({
    against: { rollout },
    equal: false,
    changes: [{ at: 'why', before: 'Its old name misleads.', after: 'Somebody said so.' }],
  });
  expect((await call(['plan', other, '--against', rollout])).stdout).toContain('~ why: "Its old name');

  const approve = ['approve', rollout, '--as', 'ana'];
  const asked: string[] = [];
  const confirm = (answer: boolean) => (question: string) => asked.push(question) > 0 && answer;
  const declined = await call(approve, { tty: true, confirm: confirm(false) });
  expect([declined.code, declined.stdout]).toEqual([130, '']);
  expect(plain(declined.stderr)).toMatch(/nothing was approved\n$/);
  const shown = plain(declined.stderr);
  expect(shown).toMatch(/rename-thing in \S+ +approve\/go\n/);
  expect(shown).toMatch(/exposure +from nobody, by this rollout to the same: it is not raised\n/);
  expect(shown).toMatch(/then +act\/rename\n/);
  expect(shown).toMatch(/approvals +0 of 2\n/);
  expect(shown).toMatch(/plan +[0-9a-f]{12}\n/);
  expect((await call(approve, { tty: true, confirm: confirm(true) })).stdout).toContain('1 more needed');
  // Whoever has approved is not waited for any more; the rest of their group is.
  expect(await listed('ana', '--config', config)).toEqual([]);
  expect(await listed('me', '--config', config)).toEqual([rollout]);
  expect(await listed('sre')).toEqual([rollout]);
  expect(asked).toEqual(['approve approve/go as ana?', 'approve approve/go as ana?']);

  const quick = await call(['approve', rollout, '--as', 'ben', '--yes'], { confirm: confirm(false) });
  expect([quick.code, asked.length]).toEqual([0, 2]);
  const over = await call(['wait', rollout, '--for', 'outcome', '--timeout', '1m', '-o', 'json']);
  expect(over.code).toBe(0);
  expect(over.json()).toMatchObject({ met: true, status: 'completed', outcome: { type: 'completed' } });
  const late = await call(['wait', rollout, '--for', 'gate']);
  expect([late.code, late.stdout]).toEqual([5, expect.stringContaining('gate does not come any more')]);
});
