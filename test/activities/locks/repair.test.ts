import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { healthOf } from '../../../activities/temporal/health.js';
import type { RolloutClient } from '../../../apps/client/client.js';
import { connect } from '../../../apps/client/connect.js';
import { locksNames, type LocksRequest } from '../../../src/protocol/locks.js';
import type { Answer } from '../../../src/engine/state/messages.js';
import { taskQueueOf } from '../../../src/protocol/task-queue.js';
import { eventually } from '../../support/eventually.js';
import { Stage } from './stage.js';

describe('locks whose history does not replay', () => {
  let stage: Stage;
  let strange: Awaited<ReturnType<Stage['work']>>;
  let client: RolloutClient;
  beforeEach(async () => {
    stage = await Stage.set(taskQueueOf);
    strange = await stage.workStrangely();
    client = await connect({ address: inject('temporalAddress') });
  });
  afterEach(async () => {
    await client.close();
    await stage.clear();
  });

  const inside = (id: string) => eventually(() => expect(stage.inside.has(id)).toBe(true));
  const inLine = (id: string) =>
    eventually(async () => expect((await stage.table()).line.map(({ rollout }) => rollout)).toContain(id));
  const stop = (): LocksRequest => ({
    id: randomUUID(),
    by: 'ana',
    reason: 'too much at once',
    type: 'stop',
  });

  /** From now on no worker can make the locks go on. */
  async function breakThem() {
    await strange.stop();
    // Something for them to do: idle ones do not even fail.
    await stage.locks.signal(locksNames.release, { rollout: 'nobody', askedAt: 1 });
    const worker = await stage.work();
    await eventually(async () =>
      expect(await healthOf(stage.client, stage.locks.workflowId)).toMatchObject({ state: 'broken' }),
    );
    return worker;
  }

  it('are found, are said to be what they are, and come back with who holds and who waits', async () => {
    const first = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inside(first.id);
    const second = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inLine(second.id);
    const third = await stage.rollout({ scope: ['flag:a'] });
    await inLine(third.id);
    await breakThem();
    await expect(client.locks.read(stage.environment)).rejects.toThrow(
      /its history does not replay, tried \d+ times since .*; nothing starts, and no stop takes effect, until: switchback repair locks --env/,
    );

    // Said to the broken run: it must not be lost, and must not let two in.
    await first.end();
    await first.handle.result();
    const fourth = await stage.rollout({ scope: ['flag:a', 'flag:b'] });
    expect(stage.inside.has(second.id)).toBe(false);

    const repaired = await client.repairs.repair('locks', stage.environment);
    expect(repaired).toMatchObject({ repaired: true, kept: '1 that hold, 1 in line' });
    await inside(second.id);
    await inLine(fourth.id);
    expect((await stage.table()).holders.map(({ rollout }) => rollout)).toEqual([second.id]);
    expect((await stage.table()).line.map(({ rollout }) => rollout)).toEqual([third.id, fourth.id]);
    await eventually(() =>
      expect(stage.told.join()).toMatch(/were broken and are repaired from what its history says: 1 hold/),
    );
    await second.end();
    await stage.ended([second, third, fourth]);
    expect(stage.entered).toEqual([first.id, second.id, third.id, fourth.id]);
    expect(await client.repairs.repair('locks', stage.environment)).toMatchObject({
      repaired: false,
      found: 'works',
    });
  });

  it('keep the stop that is in force, and take the one that they never took', async () => {
    const first = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inside(first.id);
    const request = stop();
    const decide = { args: [request] as [LocksRequest] };
    const answer = await stage.locks.executeUpdate<Answer, [LocksRequest]>(locksNames.decide, decide);
    await breakThem();
    const repaired = await client.repairs.repair('locks', stage.environment);
    expect(repaired.kept).toBe('1 that hold, 0 in line; the stop by ana: too much at once');
    await expect(client.locks.refuseWhileStopped(stage.environment)).rejects.toThrow(/is stopped since/);
    await eventually(async () => expect((await stage.table()).stopped).toMatchObject({ by: 'ana' }));
    // It stands for what it stood for.
    expect(await stage.locks.executeUpdate<Answer, [LocksRequest]>(locksNames.decide, decide)).toEqual(
      answer,
    );
    const refused = await stage.rollout({ scope: ['flag:b'] });
    await refused.handle.result();
    expect(stage.entered).toEqual([first.id]);
  });

  it('are stopped by a decision that came while they were broken', async () => {
    const first = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inside(first.id);
    await breakThem();
    await expect(client.locks.decide(stage.environment, stop())).rejects.toThrow(
      /its history does not replay.*; the server keeps it: it takes effect once they are repaired/,
    );
    const repaired = await client.repairs.repair('locks', stage.environment);
    expect(repaired.kept).toContain('a stop that it had not taken yet');
    await eventually(async () => expect((await stage.table()).stopped).toMatchObject({ by: 'ana' }));
    expect((await stage.table()).holders.map(({ rollout }) => rollout)).toEqual([first.id]);
  });

  it('come back also when the repair itself broke', async () => {
    const first = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inside(first.id);
    const worker = await breakThem();
    await worker.stop();
    await client.repairs.repair('locks', stage.environment);
    strange = await stage.workStrangely();
    await eventually(async () => expect((await stage.table()).holders).toHaveLength(1));
    await breakThem();
    await client.repairs.repair('locks', stage.environment);
    await eventually(async () =>
      expect((await stage.table()).holders).toMatchObject([{ rollout: first.id }]),
    );
  });
});
