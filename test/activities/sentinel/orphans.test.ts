import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { errorsBelow, pause, rules, Stage, type Rollout } from './stage.js';

const guards = [errorsBelow(0.1)];

describe('a rollout that is ended from outside while it is watched', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set();
  });
  afterEach(() => stage.clear());

  async function subscribed(percent = 5): Promise<Rollout> {
    const rollout = await stage.rollout();
    const { environment } = stage;
    await stage.activities().subscribe({ ...rollout.subscriber(guards, { percent }), environment });
    await rollout.hears('pass');
    return rollout;
  }
  const incidentsOf = ({ name }: Rollout) => stage.notices.filter(({ rollout }) => rollout === name);
  const sampledSince = (name: string, at: number) =>
    eventually(() => expect(stage.evidence.of(name).some((reading) => reading.at > at)).toBe(true));

  it.each([0, 5])(
    'is an orphan: told once, shown, and sampled on until somebody takes it off, exposed to %i percent',
    async (percent) => {
      await stage.work();
      const rollout = await subscribed(percent);
      const other = await subscribed();
      await rollout.handle.terminate('by mistake');
      await eventually(() => expect(incidentsOf(rollout)).toHaveLength(1));
      expect(incidentsOf(rollout)[0]).toMatchObject({
        urgency: 'incident',
        text: expect.stringMatching(
          /is an orphan: its workflow was ended from outside \(terminated\).*switchback rescue/,
        ),
      });
      await eventually(async () =>
        expect(await stage.orphans()).toMatchObject([{ rollout: rollout.name, percent, told: true }]),
      );
      await sampledSince(rollout.name, Date.now());
      // Its guards go on changing; nobody is called again, and nobody else is disturbed.
      stage.shop.failing = 1;
      await other.hears('fail');
      await pause(rules.interval * 5);
      expect(stage.notices).toHaveLength(1);
      expect((await stage.roster()).map(({ rollout: name }) => name)).toEqual([rollout.name, other.name]);

      await stage.activities().unsubscribe({ rollout: rollout.name });
      await eventually(async () => expect(await stage.orphans()).toEqual([]));
      expect((await stage.roster()).map(({ rollout: name }) => name)).toEqual([other.name]);
    },
  );

  it('is found by the signal that no longer reaches it, too', async () => {
    await stage.work(stage.activities(undefined, { lookAroundEvery: 3_600_000 }));
    const rollout = await subscribed();
    await rollout.handle.terminate();
    stage.shop.failing = 1;
    await eventually(() => expect(incidentsOf(rollout)).toHaveLength(1));
    expect(incidentsOf(rollout)[0]?.text).toContain('its workflow was ended from outside (terminated)');
  });

  it('is found when it ended while nobody watched', async () => {
    const first = await stage.work();
    const rollout = await subscribed();
    await first.stop();
    await rollout.handle.terminate();
    await stage.work();
    await eventually(() => expect(incidentsOf(rollout)).toHaveLength(1));
  });

  it('stays an orphan that people know of when the sentinel continues as new', async () => {
    await stage.work();
    await stage.startSentinel({ continueAfter: 30 });
    const rollout = await subscribed();
    await rollout.handle.terminate();
    await eventually(async () => expect(await stage.orphans()).toMatchObject([{ told: true }]));
    const { runId } = await stage.sentinel.describe();
    await eventually(async () => {
      await subscribed();
      expect((await stage.sentinel.describe()).runId).not.toBe(runId);
    });
    expect(await stage.orphans()).toMatchObject([{ rollout: rollout.name, told: true }]);
    await sampledSince(rollout.name, Date.now());
    expect(incidentsOf(rollout)).toHaveLength(1);
  });

  it('is told about once the notifier works again', async () => {
    stage.mute = new Error('no such channel');
    await stage.work();
    const rollout = await subscribed();
    await rollout.handle.terminate();
    await eventually(async () => expect(await stage.orphans()).toMatchObject([{ told: false }]));
    stage.mute = undefined;
    await eventually(async () => expect(await stage.orphans()).toMatchObject([{ told: true }]));
    expect(incidentsOf(rollout)).toHaveLength(1);
  });

  it('is no orphan when it was reset: its newest run hears on', async () => {
    await stage.work();
    const rollout = await subscribed();
    await stage.reset(rollout);
    await pause(1_000);
    expect(await stage.orphans()).toEqual([]);
    stage.shop.failing = 1;
    await rollout.hears('fail');
    expect(stage.notices).toEqual([]);
  });

  it('is no orphan any more when it is reset after it was terminated', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.handle.terminate();
    await eventually(async () => expect(await stage.orphans()).toHaveLength(1));
    await stage.reset(rollout);
    await eventually(async () => expect(await stage.orphans()).toEqual([]));
    stage.shop.failing = 1;
    await rollout.hears('fail');
  });

  it('is signalled on when it continues as new, whichever run subscribed', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.handle.signal('continue');
    stage.shop.failing = 1;
    await rollout.hears('fail');
    await pause(1_000);
    expect(await stage.orphans()).toEqual([]);
    expect(await stage.roster()).toHaveLength(1);
  });
});
