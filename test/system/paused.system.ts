import { expect, it } from 'vitest';
import { sentinelId } from '../../src/protocol/sentinel.js';
import { flagOnly } from '../support/rollouts/plans.js';
import { temporalCli } from '../support/rollouts/temporal-cli.js';
import { eventually, inEnvironment, type TestEnvironment, type TestRollout } from '../support/rollouts.js';

/** A rollout in its canary, of whose present exposure the activity that watches has said something. */
async function watchedInCanary(environment: TestEnvironment): Promise<TestRollout> {
  const rollout = await environment.start({ canaryFor: '5m' }, flagOnly);
  await rollout.waitForWatch('watch/canary-25');
  await rollout.waitFor('evidence', ({ readings }) => readings.some(({ verdict }) => verdict === 'pass'));
  return rollout;
}

/** A rollout in its canary, paused in Temporal. */
async function pausedInCanary(environment: TestEnvironment): Promise<TestRollout> {
  const rollout = await watchedInCanary(environment);
  await temporalCli('workflow', 'pause', '-w', rollout.id, '--reason', 'tried');
  return rollout;
}

const unpause = (rollout: TestRollout) => temporalCli('workflow', 'unpause', '-w', rollout.id);

it('a breach that reaches a paused workflow calls someone with exposure and what to do, and is acted on later', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await pausedInCanary(environment);
    environment.shop.failing = 0.5;
    const call = await eventually(() => {
      const found = environment.told.find((text) => text.startsWith('INCIDENT  25 % have a candidate'));
      return (expect(found).toBeDefined(), found!);
    });
    expect(call).toContain('is paused in Temporal');
    expect(call).toContain(`temporal workflow unpause --workflow-id ${rollout.id}`);
    expect(call).toContain(`by hand: in ${environment.flagFile}, flag "split-name"`);
    expect(environment.percent()).toBe(25);
    await unpause(rollout);
    expect((await rollout.ended()).outcome).toMatchObject({ type: 'rolled-back' });
    expect(environment.percent()).toBe(0);
  }));

it('somebody is called before there is a breach', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await pausedInCanary(environment);
    await eventually(() =>
      expect(environment.told).toContainEqual(
        expect.stringMatching(/^INCIDENT {2}25 % have the candidate, and nothing would take it back/),
      ),
    );
    await unpause(rollout);
    await eventually(() =>
      expect(environment.told).toContainEqual(expect.stringContaining('its workflow goes on')),
    );
    await rollout.decide('ana', { type: 'abort' });
    await rollout.ended();
  }));

it('every command tells the truth of it', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await pausedInCanary(environment);
    const { client, name } = environment;
    const fix = `temporal workflow unpause --workflow-id ${rollout.id}`;
    await eventually(async () =>
      expect(await client.list({ environment: name })).toMatchObject([
        { rollout: rollout.id, status: 'paused-in-temporal', waitingFor: 'temporal workflow unpause' },
      ]),
    );
    for (const ask of ['status', 'why', 'plan'] as const) {
      const asked: Promise<unknown> = client[ask](rollout.id);
      await expect(asked).rejects.toThrow(/paused in Temporal since .*\(tried\).*up to 25 %/);
    }
    await expect(client.status(rollout.id)).rejects.toThrow(fix);
    await expect(rollout.decide('ana', { type: 'resume' })).rejects.toThrow(/was not sent/);
    const stop = { type: 'stop', id: 's', by: 'ana', reason: 'fire', exposure: 'zero' } as const;
    const stopped = await client.locks.decide(name, stop);
    expect(stopped.reason).toContain(`NOT reached`);
    expect(stopped.reason).toContain(rollout.id);
    await expect(rollout.decide('ana', { type: 'abort' })).rejects.toThrow(/has NO EFFECT yet/);
    // What goes the safe way was kept.
    await unpause(rollout);
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
    expect(environment.percent()).toBe(0);
  }));

it('a sentinel that is paused goes on with those it watches, and calls their breaches out', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await watchedInCanary(environment);
    await temporalCli('workflow', 'pause', '-w', sentinelId(environment.name), '--reason', 'tried');
    environment.shop.failing = 0.5;
    await rollout.waitForEvent('breach');
    await eventually(() => expect(environment.percent()).toBe(0));
    await temporalCli('workflow', 'unpause', '-w', sentinelId(environment.name));
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
  }));
