import { expect, it } from 'vitest';
import { sentinelNames } from '../../src/protocol/sentinel.js';
import { eventually, type TestEnvironment, type TestRollout } from '../support/rollouts.js';
import { approveAll, expectCompleted, inBareEnvironment } from '../support/whole-rollout.js';

// A query that waits for a worker is answered from a history without the workflow task that its newest events wait for.
for (const meanwhile of ['the deadline that passes', 'a reading before the deadline that passes'])
  it(`somebody asks for the status while no worker lives: ${meanwhile} meanwhile still replays`, () =>
    inBareEnvironment(async (environment) => {
      const [doomed, run] = await Promise.all([environment.work('elsewhere'), environment.prepare()]);
      const rollout = await environment.start({ canaryFor: '5s' });
      await rollout.waitForWatch('watch/canary-25');
      await doomed.kill();
      // One of them waits when the deadline passes, and when the worker comes.
      const asked = rollout.waitFor('an answer', () => true);
      if (meanwhile.startsWith('a reading')) {
        // Of another subscription: it changes nothing but makes the rollout look at its deadline anew.
        const reading = { subscription: -1, readings: [] };
        await environment.temporal.workflow.getHandle(rollout.id).signal(sentinelNames.evidence, reading);
      }
      await deadlinePassed(environment, rollout);
      run();
      expect((await asked).rollout).toBe(rollout.id);
      await expectCompleted(environment, rollout, await approveAll(rollout));
    }));

it('and a second deadline that passes meanwhile is as far for whoever replays it', () =>
  inBareEnvironment(async (environment) => {
    const [doomed, run] = await Promise.all([environment.work('elsewhere'), environment.prepare()]);
    // Evidence is late, not missing, until a look-back after the exposure: that ends soon after the watch.
    const rollout = await environment.start({ canaryFor: '5s', lookBack: '8s' });
    const { watch } = await rollout.waitForWatch('watch/canary-25');
    const endsAt = watch?.endsAt ?? 0;
    await doomed.kill();
    const asked = rollout.waitFor('an answer', () => true);
    await deadlinePassed(environment, rollout);
    // Of the second the server knows nothing: it is only later.
    await eventually(() => expect(Date.now()).toBeGreaterThan(endsAt + 3_700));
    run();
    await asked;
    await expectCompleted(environment, rollout, await approveAll(rollout));
  }));

/** Waits until the server has told a rollout without a worker that the time it waited for has come. */
async function deadlinePassed({ temporal }: TestEnvironment, { id }: TestRollout): Promise<void> {
  const fired = async () => {
    const { events = [] } = await temporal.workflow.getHandle(id).fetchHistory();
    const done = events?.findLastIndex((event) => event.workflowTaskCompletedEventAttributes) ?? 0;
    return events?.slice(done).some((event) => event.timerFiredEventAttributes);
  };
  await eventually(async () => expect(await fired()).toBe(true));
}
