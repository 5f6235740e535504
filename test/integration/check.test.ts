import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { healthOf } from '../../activities/temporal/health.js';
import { checkPeople } from '../../apps/worker/check-people.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { CheckFinding } from '../../src/protocol/check.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import { locksId } from '../../src/protocol/locks.js';
import { sentinelId } from '../../src/protocol/sentinel.js';
import { switchback } from '../apps/cli/console.js';
import { openEnvironment, quick, type TestEnvironment } from '../support/rollouts.js';
import { sharedEnvironment } from '../support/rollouts/shared.js';

const planOf = (change: (plan: Plan) => Plan = (plan) => plan) => change(splitCustomerName.evaluate(quick));

async function check({ name, client, config }: TestEnvironment, plan: Plan) {
  const file = join(dirname(config), 'plan.json');
  await writeFile(file, JSON.stringify(plan));
  const args = ['check', file, '--env', name, '--address', client.address, '-o', 'json'];
  const { code, stderr, ...ran } = await switchback(args);
  if (code === 4) return { code, stderr, findings: [] };
  return { code, stderr, ...ran.json<{ fits: boolean; findings: readonly CheckFinding[] }>() };
}

it('a plan is checked in its environment without a rollout, a lock or a key', async () => {
  const environment = await openEnvironment();
  const { name, client, temporal, database } = environment;
  try {
    const alone = await check(environment, planOf());
    expect(alone.code).toBe(4);
    expect(alone.stderr).toMatch(/nobody can check it: no worker of environment/);

    await environment.workAs({ buildId: 'checks' });
    const fits = await check(environment, planOf());
    expect(fits.findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect([fits.code, fits.stderr]).toEqual([0, '']);
    const about = fits.findings.map((finding) => finding.about);
    expect(about).toEqual(expect.arrayContaining(['expose/split-name/25', 'errors', 'people']));
    const warned = fits.findings.filter(({ verdict }) => verdict === 'warn');
    expect(warned).toContainEqual({
      verdict: 'warn',
      about: 'purge/shop.customer',
      found: expect.stringMatching(/^with full_name go /),
    });

    await database.query('alter table shop.customer drop column full_name');
    const unfit = await check(environment, { ...planOf(), owner: 'team-nobody' });
    expect([unfit.code, 'fits' in unfit && unfit.fits]).toEqual([3, false]);
    const failed = unfit.findings.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map((finding) => finding.found).join('\n')).toMatch(/full_name/);
    expect(failed.map((finding) => finding.about)).toContain('owner');

    expect(await client.list({ environment: name, all: true })).toEqual([]);
    for (const id of [locksId(name), sentinelId(name)]) {
      expect(await healthOf(temporal, id)).toEqual({ state: 'absent' });
    }
  } finally {
    await environment.close();
  }
});

it('a shared environment says which gates a plan lacks, of a plan as JSON whatever it calls itself', async () => {
  const { options } = await sharedEnvironment();
  const least = { before: 'promote', groups: ['sre'], quorum: 1, fourEyes: true, strength: 'token' } as const;
  const environment = await openEnvironment({
    ...options,
    async configure(given, database) {
      const shared = await options.configure!(given, database);
      const gates = [{ ...least, groups: ['sre'], runbooks: 'another' }];
      return { ...shared, policy: { rights: shared.policy?.rights ?? [], gates, drill: 'off' } };
    },
  });
  try {
    await environment.workAs({ buildId: 'checks' });
    const { name, client } = environment;
    const plan = planOf();
    const named = await client.check({ plan, digest: planDigest(plan), environment: name });
    expect(named.findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    const file = await check(environment, plan);
    expect(file.code).toBe(3);
    expect(file.findings.filter(({ verdict }) => verdict === 'fail')).toEqual([
      {
        verdict: 'fail',
        about: 'gates',
        found: expect.stringMatching(/asks 1 of sre before it with fourEyes/),
      },
    ]);
  } finally {
    await environment.close();
  }
});

it('people who are asked have to exist, and be enough', () => {
  const people = { ana: ['team-checkout'], ben: ['sre'], carl: ['support'] };
  const faults = (plan: Plan) => checkPeople(plan, people).filter(({ verdict }) => verdict === 'fail');
  expect(faults(planOf())).toEqual([]);
  expect(faults({ ...planOf(), owner: 'team-chekout' })).toEqual([
    expect.objectContaining({ about: 'owner', found: expect.stringContaining('team-chekout is a group') }),
  ]);
  const asking = (by: readonly string[], quorum: number) =>
    faults(
      planOf((plan) => ({
        ...plan,
        phases: {
          ...plan.phases,
          promote: plan.phases.promote.map((step) =>
            step.type === 'gate' ? { ...step, approval: { ...step.approval, by, quorum } } : step,
          ),
        },
      })),
    );
  expect(asking(['team-checkout', 'qa'], 1)).toEqual([
    expect.objectContaining({
      about: 'approve/go',
      found: expect.stringMatching(/asks qa, of which nobody/),
    }),
  ]);
  expect(asking(['team-checkout', 'sre'], 3)).toEqual([
    expect.objectContaining({
      about: 'approve/go',
      found: expect.stringMatching(/asks 3 of .* have 2: ana, ben/),
    }),
  ]);
});
