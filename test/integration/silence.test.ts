import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { sentinelId } from '../../src/protocol/sentinel.js';
import { flagOnly } from '../support/rollouts/plans.js';
import { temporalCli } from '../support/rollouts/temporal-cli.js';
import { eventOf, eventually, inEnvironment, type TestEnvironment } from '../support/rollouts.js';

/** Pauses or unpauses an activity that is under way in a workflow; answers whether there was one. */
async function onActivity(
  { temporal }: TestEnvironment,
  verb: 'pause' | 'unpause',
  type: string,
  workflowId: string,
): Promise<boolean> {
  const pending = async () => {
    const { raw } = await temporal.workflow.getHandle(workflowId).describe();
    return raw.pendingActivities?.find(({ activityType }) => activityType?.name === type)?.activityId;
  };
  const id = await pending();
  if (typeof id !== 'string') return false;
  try {
    await temporalCli('activity', verb, '-w', workflowId, '--activity-id', id);
    return true;
  } catch (error) {
    // The try that was under way has just ended it.
    if ((await pending()) !== id) return false;
    throw error;
  }
}

async function pause(environment: TestEnvironment, type: string, workflowId: string): Promise<void> {
  await eventually(async () =>
    expect(await onActivity(environment, 'pause', type, workflowId), `no ${type} is under way`).toBe(true),
  );
}

it.concurrent('whoever is exposed holds and calls when the activity that watches is paused', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await environment.start({ canaryFor: '5m' }, flagOnly);
    await rollout.waitForWatch('watch/canary-25');
    await pause(environment, 'watchEnvironment', sentinelId(environment.name));
    const { hold } = await rollout.waitFor('a hold', ({ status }) => status === 'holding');
    expect(hold?.reason).toContain('paused in Temporal');
    await eventually(() =>
      expect(environment.told).toContainEqual(
        expect.stringMatching(/^INCIDENT {2}nobody watches it, and 25 % may have the candidate/),
      ),
    );
    environment.shop.failing = 0.5;
    await onActivity(environment, 'unpause', 'watchEnvironment', sentinelId(environment.name));
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
  }),
);

it.concurrent('exposure that cannot be taken back calls at once, and is back as soon as it can be', () =>
  inEnvironment({}, async (environment) => {
    const { flagFile, told } = environment;
    const rollout = await environment.start({ canaryFor: '5m' }, flagOnly);
    await rollout.waitForWatch('watch/canary-25');
    const whole = await readFile(flagFile, 'utf8');
    await writeFile(flagFile, whole.slice(0, 40));
    await rollout.decide('ana', { type: 'abort' });
    const { stuck } = await rollout.waitForOperator('expose/split-name/25');
    expect(stuck).toMatchObject({ retried: true, choices: ['retry', 'skip', 'halt'] });
    const call = await eventually(() => {
      const found = told.find((text) => text.includes('could NOT be taken back'));
      return (expect(found).toBeDefined(), found!);
    });
    expect(call).toMatch(/^INCIDENT {2}25 % could NOT be taken back: /);
    // The first call need not know the reason yet: a try that takes long has not said it. Whoever asks does.
    await eventually(() =>
      expect(told).toContainEqual(expect.stringMatching(/^INCIDENT.*flags\.json.* is not JSON/)),
    );
    expect(call).toContain(`what to do: by hand: in ${flagFile}, flag "split-name"`);
    // Also when somebody pauses what is tried: it is said, and it goes on afterwards.
    await pause(environment, 'restore', rollout.id);
    await eventually(async () =>
      expect(await environment.client.attempts(rollout.id)).toMatchObject([
        { activity: 'restore', unpause: expect.stringContaining('temporal activity unpause') },
      ]),
    );
    await writeFile(flagFile, whole);
    await onActivity(environment, 'unpause', 'restore', rollout.id);
    const { outcome, journal } = await rollout.ended();
    expect(outcome.type).toBe('rolled-back');
    expect(environment.percent()).toBe(0);
    expect(eventOf(journal, 'still-exposed').reason).toContain('25 % could NOT be taken back');
    expect(told).toContainEqual(expect.stringContaining('exposure is back, after '));
  }),
);
