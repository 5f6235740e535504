import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentinelNames, type RosterPage, type UnwatchedSignal } from '../../../src/protocol/sentinel.js';
import { temporalCli } from '../../support/rollouts/temporal-cli.js';
import { eventually } from '../../support/eventually.js';
import { errorsBelow, Stage, type Rollout } from './stage.js';

const guards = [errorsBelow(0.1)];

describe('the sentinel, when nobody watches or nobody acts', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set();
  });
  afterEach(() => stage.clear());

  async function subscribed(given?: Rollout): Promise<Rollout> {
    const rollout = given ?? (await stage.rollout());
    const input = { ...rollout.subscriber(guards), environment: stage.environment };
    await stage.activities().subscribe(input);
    return rollout;
  }

  async function onActivity(verb: string): Promise<void> {
    const { raw } = await stage.sentinel.describe();
    const id = raw.pendingActivities?.[0]?.activityId ?? 'none';
    await temporalCli('activity', verb, '-w', stage.sentinel.workflowId, '--activity-id', id);
  }

  const reasonsOf = async (rollout: Rollout) => (await rollout.heard()).blind.map(({ reason }) => reason);

  it('says blind before it ends when its activity is paused, and evidence when that goes on', async () => {
    await stage.work();
    const rollouts = [await subscribed(), await subscribed()];
    for (const rollout of rollouts) await rollout.hears('pass');
    await onActivity('pause');
    for (const rollout of rollouts) {
      await eventually(async () =>
        expect(await reasonsOf(rollout)).toEqual([expect.stringContaining('was paused in Temporal')]),
      );
      expect((await rollout.heard()).blind[0]).toMatchObject({ subscription: 1 });
    }
    const before = await Promise.all(rollouts.map(async (rollout) => (await rollout.verdicts()).length));
    await onActivity('unpause');
    for (const [index, rollout] of rollouts.entries()) {
      await eventually(async () => expect((await rollout.verdicts()).length).toBeGreaterThan(before[index]!));
      await rollout.hears('pass');
    }
  });

  it('says blind when its activity is reset, and tells everything anew', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    const before = (await rollout.verdicts()).length;
    await onActivity('reset');
    await eventually(async () =>
      expect(await reasonsOf(rollout)).toEqual([expect.stringContaining('was reset in Temporal')]),
    );
    await eventually(async () => expect((await rollout.verdicts()).length).toBeGreaterThan(before));
  });

  it('passes on what workers see, once for each silence, and whoever watches after all tells all anew', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    const before = (await rollout.verdicts()).length;
    const say = (silence: string) =>
      stage.sentinel.signal<[UnwatchedSignal]>(sentinelNames.unwatched, { silence, reason: `no ${silence}` });
    await say('beat 1');
    await say('beat 1');
    await eventually(async () => expect(await reasonsOf(rollout)).toEqual(['no beat 1']));
    await eventually(async () => expect((await rollout.verdicts()).length).toBeGreaterThan(before));
    await say('beat 2');
    await eventually(async () => expect(await reasonsOf(rollout)).toEqual(['no beat 1', 'no beat 2']));
    const page = await stage.sentinel.query<RosterPage, [number]>(sentinelNames.roster, 0);
    expect(page.blinded).toBe(2);
  });

  it('calls somebody when a rollout does not act on a breach, and says when it does', async () => {
    await stage.work();
    const alone = await stage.rollout(undefined, `${stage.taskQueue}-alone`);
    await subscribed(alone);
    stage.shop.failing = 1;
    await eventually(() => expect(ofKind('breach-not-taken')).toHaveLength(1));
    expect(ofKind('breach-not-taken')[0]).toMatchObject({
      rollout: alone.name,
      urgency: 'incident',
      exposure: 5,
      text: expect.stringMatching(/^5 % have a candidate that fails, .* no worker takes .*limit 10 %/),
    });
    const { todo } = ofKind('breach-not-taken')[0]!;
    expect(todo).toEqual([
      expect.stringContaining('switchback worker'),
      expect.stringContaining('builds move'),
      'by hand: put it back',
    ]);
    await alone.handle.terminate();
    await eventually(() => expect(ofKind('breach-not-taken').at(-1)).toMatchObject({ urgency: 'news' }));
  });

  it('calls nobody about a breach that is acted on', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    stage.shop.failing = 1;
    await rollout.hears('fail');
    await rollout.handle.signal('end');
    await eventually(async () => expect(await stage.roster()).toEqual([]));
    expect(stage.notices).toEqual([]);
  });

  it('calls somebody before there is a breach when a rollout with people exposed could not act', async () => {
    await stage.work();
    const alone = await stage.rollout(undefined, `${stage.taskQueue}-alone`);
    await subscribed(alone);
    await eventually(() => expect(ofKind('stands-still')).toHaveLength(1));
    expect(ofKind('stands-still')[0]).toMatchObject({
      rollout: alone.name,
      urgency: 'incident',
      exposure: 5,
    });
  });

  it('finds a rollout that was deleted', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    const { namespace } = stage.client.options;
    // Not by the command line: some versions of it ask whether one is sure.
    await stage.client.workflowService.deleteWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: rollout.name },
    });
    await eventually(async () =>
      expect(await stage.orphans()).toMatchObject([{ rollout: rollout.name, reason: 'deleted' }]),
    );
  });

  const ofKind = (kind: string) => stage.notices.filter((notice) => notice.kind === kind);
});
