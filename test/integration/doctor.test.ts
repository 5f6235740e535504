import { expect, it } from 'vitest';
import { judgeWaits } from '../../apps/client/doctor/speed.js';
import type { Examination } from '../../apps/client/client.js';
import { switchback } from '../apps/cli/console.js';
import { eventually, openEnvironment, type TestEnvironment } from '../support/rollouts.js';

const broken = { buildId: 'broken', workflows: new URL('../support/builds/broken', import.meta.url) };

async function doctor({ name, client, config }: TestEnvironment) {
  const args = ['doctor', '--env', name, '--config', config, '--address', client.address, '-o', 'json'];
  const { code, ...ran } = await switchback(args);
  const { checks } = ran.json<{ checks: Examination[] }>();
  return { code, of: (check: string) => checks.find(({ name: known }) => known === check) };
}

async function inBareEnvironment(body: (environment: TestEnvironment) => Promise<void>): Promise<void> {
  const environment = await openEnvironment();
  try {
    await body(environment);
  } finally {
    await environment.close();
  }
}

it('the doctor finds that nobody works, a broken rollout, and a stop', () =>
  inBareEnvironment(async (environment) => {
    const before = await doctor(environment);
    expect(before.code).toBe(5);
    expect(before.of('workers')).toMatchObject({ verdict: 'fail', findings: [{ fix: expect.any(String) }] });
    expect(before.of('locks')?.verdict).toBe('ok');

    await environment.workAs(broken);
    const rollout = await environment.start();
    await rollout.waitForGate('approve/go');
    const healthy = await doctor(environment);
    expect(healthy.of('workers')).toMatchObject({
      verdict: 'ok',
      findings: [{ found: 'at work, of one build' }],
    });
    for (const check of ['locks', 'sentinel', 'rollouts', 'configuration', 'records']) {
      expect(healthy.of(check)).toMatchObject({ verdict: 'ok' });
    }

    void environment.temporal.workflow
      .getHandle(rollout.id)
      .executeUpdate('break')
      .catch(() => undefined);
    await eventually(async () => {
      const { code, of } = await doctor(environment);
      const [finding] = of('rollouts')?.findings ?? [];
      expect([code, finding?.verdict]).toEqual([5, 'fail']);
      expect(finding?.found).toMatch(
        /is broken: its code fails, tried \d+ times since .*: a defect of this build/,
      );
      expect(finding?.fix).toContain(`switchback builds move ${rollout.id}`);
    });
    const { name: env, client } = environment;
    await client.locks.decide(env, { id: 'one', type: 'stop', by: 'ana', reason: 'to look at it' });
    expect((await doctor(environment)).of('locks')).toMatchObject({ verdict: 'warn' });
  }));

it('the doctor judges how long tasks wait by their median', () => {
  const waits = (ms: number, count = 20) => Array.from({ length: count }, () => ms);
  expect(judgeWaits([]).verdict).toBe('ok');
  expect(judgeWaits([...waits(2), 60_000]).verdict).toBe('ok');
  expect(judgeWaits(waits(25))).toMatchObject({
    verdict: 'warn',
    fix: expect.stringContaining('history.transferProcessorMaxPollRPS=2000'),
  });
  expect(judgeWaits(waits(25, 5)).verdict).toBe('ok');
});
