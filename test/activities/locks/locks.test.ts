import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  locksId,
  locksNames,
  type LocksChoice,
  type LocksRequest,
  type Asking,
} from '../../../src/protocol/locks.js';
import type { Answer } from '../../../src/engine/state/messages.js';
import type { Target } from '../../../src/engine/plan/plan.js';
import { replayHistory } from '../../support/rollouts/replay-history.js';
import { temporalCli } from '../../support/rollouts/temporal-cli.js';
import { bundled } from '../../support/bundle.js';
import { eventually } from '../../support/eventually.js';
import { Stage } from './stage.js';
import { connect } from '../../../apps/client/connect.js';

describe('the locks of an environment', () => {
  let stage: Stage;
  let worker: Awaited<ReturnType<Stage['work']>>;
  beforeEach(async () => {
    stage = await Stage.set();
    worker = await stage.work();
  });
  afterEach(() => stage.clear());

  const decide = (by: string, choice: LocksChoice, id: string = randomUUID()) =>
    stage.locks.executeUpdate<Answer, [LocksRequest]>(locksNames.decide, {
      args: [{ id, by, reason: 'decided in a test', ...choice }],
    });
  const inside = (id: string) => eventually(() => expect(stage.inside.has(id)).toBe(true));
  const inLine = (id: string) =>
    eventually(async () => expect((await stage.table()).line.map(({ rollout }) => rollout)).toContain(id));

  it('keep conflicting rollouts apart, and lose nobody, while one run follows the other', async () => {
    await stage.startLocks({ continueAfter: 60 });
    const { runId } = await stage.locks.describe();
    const scopes: Target[][] = [
      ['table:shop'],
      ['table:shop.customer', 'flag:a'],
      ['table:shop.orders', 'flag:b'],
      ['flag:a', 'flag:b'],
      ['flag:c'],
    ];
    const rollouts = await Promise.all(
      Array.from({ length: 15 }, (_, index) =>
        stage.rollout({ scope: scopes[index % scopes.length]!, times: 2 }),
      ),
    );
    await stage.ended(rollouts);
    expect(stage.entered).toHaveLength(30);
    expect(stage.inside.size).toBe(0);
    await eventually(async () => expect(await stage.table()).toMatchObject({ holders: [], line: [] }));

    let runs = 0;
    for (let at: string | undefined = runId; at !== undefined; runs++) {
      const history = await stage.client.workflow.getHandle(locksId(stage.environment), at).fetchHistory();
      await replayHistory(await bundled(stage.workflows), history, locksId(stage.environment));
      const last = history.events?.at(-1);
      at = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
    }
    expect(runs).toBeGreaterThan(3);
  }, 180_000);

  it('answer also when those who ask take every place that the worker has', async () => {
    await worker.stop();
    const rollouts = await Promise.all(
      (['flag:a', 'flag:b'] as const).map((target) => stage.rollout({ scope: [target] })),
    );
    await stage.work(1);
    await Promise.all(rollouts.map(({ handle }) => handle.result()));
    expect(stage.entered.toSorted()).toEqual(rollouts.map(({ id }) => id).toSorted());
  }, 120_000);

  it('keep a stop, and the order of those who wait, from run to run', async () => {
    await stage.startLocks({ continueAfter: 25 });
    const first = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inside(first.id);
    const waiting = [];
    for (let index = 0; index < 4; index++) {
      const rollout = await stage.rollout({ scope: ['flag:a'] });
      await inLine(rollout.id);
      waiting.push(rollout);
    }
    await first.end();
    await Promise.all(waiting.map(({ handle }) => handle.result()));
    expect(stage.entered).toEqual([first.id, ...waiting.map(({ id }) => id)]);

    const id = randomUUID();
    const answer = await decide('ana', { type: 'stop' }, id);
    const { runId } = await stage.locks.describe();
    for (let turn = 0; (await stage.locks.describe()).runId === runId; turn++) {
      const refused = await stage.rollout({ scope: ['flag:a'] });
      await refused.handle.result();
      expect(stage.entered).not.toContain(refused.id);
      expect(turn).toBeLessThan(50);
    }
    expect((await stage.table()).stopped).toMatchObject({ by: 'ana', reason: 'decided in a test' });
    expect((await stage.locks.describe()).memo).toMatchObject({ stopped: { by: 'ana' } });
    expect(await decide('ana', { type: 'stop' }, id)).toEqual(answer);
  });

  it('answer a request that comes late as what it is', async () => {
    const rollout = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inside(rollout.id);
    const [holder] = (await stage.table()).holders;
    const again: Asking = { ...holder!, wait: true };
    const ask = () => stage.acquire(again);
    expect(await ask()).toEqual({ status: 'granted' });
    await rollout.end();
    await rollout.handle.result();
    await eventually(async () => expect((await stage.table()).holders).toEqual([]));
    expect(await ask()).toMatchObject({ status: 'refused' });
    expect((await stage.table()).holders).toEqual([]);
  });

  it('go on with a rollout whose workflow was reset to before it asked', async () => {
    const rollout = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inside(rollout.id);
    const reset = ['workflow', 'reset', '--workflow-id', rollout.id, '--event-id', '4', '--reason', 'a test'];
    await temporalCli(...reset);
    const other = await stage.rollout({ scope: ['flag:a'] });
    await inLine(other.id);
    await eventually(() => expect(stage.entered).toEqual([rollout.id, rollout.id]));
    await stage.client.workflow.getHandle(rollout.id).signal('end');
    await other.handle.result();
    expect(stage.entered).toEqual([rollout.id, rollout.id, other.id]);
    expect((await stage.table()).holders).toEqual([]);
  });

  it('find out who was terminated: the holder stays as an orphan, whoever waited leaves the line', async () => {
    await stage.startLocks({ lookEvery: 200 });
    const [first, second] = [
      await stage.rollout({ scope: ['flag:a'], holds: true }),
      await stage.rollout({ scope: ['flag:b'], holds: true }),
    ];
    await inside(first.id);
    await inside(second.id);
    const gone = await stage.rollout({ scope: ['flag:a', 'flag:b'] });
    await inLine(gone.id);
    const last = await stage.rollout({ scope: ['flag:b'] });
    await inLine(last.id);
    await gone.handle.terminate();
    await second.end();
    await last.handle.result();

    const waiting = await stage.rollout({ scope: ['flag:a'] });
    await inLine(waiting.id);
    await first.handle.terminate();
    stage.inside.delete(first.id);
    await eventually(async () =>
      expect((await waiting.heard()).at(-1)).toMatchObject({
        status: 'queued',
        behind: [{ rollout: first.id, orphaned: true }],
      }),
    );
    await eventually(() => expect(stage.told.join('\n')).toContain('its lock of flag:a stays'));

    const rescue = await stage.rollout({ scope: ['flag:a'], reverts: first.id });
    await rescue.handle.result();
    await waiting.handle.result();
    expect(stage.entered.slice(-2)).toEqual([rescue.id, waiting.id]);
  });

  it('release what a rollout held that ended without a word', async () => {
    await stage.startLocks({ lookEvery: 200 });
    const silent: Asking = {
      rollout: `rollout/${stage.environment}/book/silent`,
      owner: 'team',
      scope: ['flag:a'],
      wait: true,
      askedAt: Date.now() + 60_000,
    };
    const ended = await stage.rollout({ scope: ['flag:c'] }, 'silent');
    await ended.handle.result();
    expect(await stage.acquire(silent)).toEqual({ status: 'granted' });
    const waiting = await stage.rollout({ scope: ['flag:a'] });
    await waiting.handle.result();
    expect((await stage.table()).holders).toEqual([]);
  });

  it('stop the environment as soon as a worker runs, also when none does at the moment', async () => {
    await stage.startLocks({});
    await eventually(async () => expect((await stage.table()).holders).toEqual([]));
    await worker.stop();
    const client = await connect({ address: inject('temporalAddress'), env: {} });
    const stop = { id: randomUUID(), by: 'ana', reason: 'smoke', type: 'stop' } as const;
    try {
      await expect(client.locks.decide(stage.environment, stop)).rejects.toThrow(
        /was not answered within 15 s: no worker .*; the server keeps it: it takes effect as soon as a worker runs/,
      );
      await stage.work();
      await eventually(async () => expect((await stage.table()).stopped).toMatchObject({ by: 'ana' }));
      await eventually(() =>
        expect(client.locks.refuseWhileStopped(stage.environment)).rejects.toThrow(
          /is stopped since .* by ana: smoke/,
        ),
      );
    } finally {
      await client.close();
    }
  });

  it('stay when they are cancelled: what was granted stays granted', async () => {
    const first = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inside(first.id);
    await stage.locks.cancel();
    const second = await stage.rollout({ scope: ['flag:a'] });
    await inLine(second.id);
    expect(await decide('sre', { type: 'stop' })).toMatchObject({ accepted: true });
    expect(await decide('sre', { type: 'lift' })).toMatchObject({ accepted: true });
    expect((await stage.locks.describe()).status.name).toBe('RUNNING');
    expect((await stage.table()).holders).toMatchObject([{ rollout: first.id }]);
  });

  it('refuse people without the right, and decisions that make no sense', async () => {
    await stage.startLocks({});
    const first = await stage.rollout({ scope: ['flag:a'], holds: true });
    await inside(first.id);
    const refused = async (by: string, choice: LocksChoice) => {
      const { accepted, reason } = await decide(by, choice);
      expect(accepted).toBe(false);
      return reason;
    };
    const takeOver = (rollout: string) => ({ type: 'take-over', rollout }) as const;
    expect(await refused('nobody', { type: 'stop' })).toBe('nobody is not known here');
    expect(await refused('sre', { type: 'lift' })).toBe('the environment is not stopped');
    expect(await refused('carl', { type: 'lift' })).toMatch(/carl is in none of the groups .*: sre/);
    expect(await refused('carl', takeOver(first.id))).toMatch(/carl is in none of the groups .*: team, sre/);
    expect(await refused('team', takeOver('rollout/x/y/z'))).toBe('rollout/x/y/z holds nothing');
    expect(await refused('sre', takeOver(first.id))).toBe(
      'its workflow runs: abort it, and it releases its lock itself',
    );
    await expect(decide('sre', { type: 'stop', exposure: 'half' as 'zero' })).rejects.toThrow();
    expect((await stage.table()).stopped).toBeUndefined();
    expect((await stage.table()).holders).toMatchObject([{ rollout: first.id }]);
  });
});
