import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { Refusal, type Reported, type RolloutClient } from '../../../apps/client/client.js';
import type { DecisionRequest } from '../../../src/engine/state/messages.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import { askingPlan, exposingPlan, unfitPlan } from '../cli/plans.js';

/** What the suite needs: the environment's name, and a client as which somebody asks. */
export interface Given {
  readonly environment: () => string;
  /** A client of `ana` of team-one, `ben` of sre, or `carl` of support. */
  readonly as: (person: string) => RolloutClient;
}

/** What every client of rollouts does, however it reaches them. */
export function clientContract(how: string, { environment, as }: Given): void {
  const ana = () => as('ana');

  async function start(plan: Plan = askingPlan(), key = `k${randomUUID()}`): Promise<string> {
    const digest = planDigest(plan);
    const request = { plan, digest, environment: environment(), startedBy: 'ana', key };
    return (await ana().start(request)).rollout;
  }

  /** Also before the workflow's first task, when nobody can answer yet. */
  async function untilStatus(rollout: string, wanted: string): Promise<Reported> {
    const look = () => ana().status(rollout);
    return vi.waitUntil(
      async () => {
        const report = await look().catch(() => undefined);
        return report?.status === wanted && report;
      },
      { timeout: 30_000, interval: 100 },
    );
  }

  const approval = async (client: RolloutClient, rollout: string, key: string = randomUUID()) => {
    const { gate, digest } = await client.status(rollout);
    const { step = '', epoch = 0 } = gate ?? {};
    const [id, by] = [await client.decisionId(key), await client.person(undefined).catch(() => 'ana')];
    return { id, by, type: 'approve' as const, step, epoch, digest };
  };
  const decide = (person: string, rollout: string, request: DecisionRequest) =>
    as(person).decide(rollout, { ...request, by: person });

  describe(how, () => {
    it('starts, finds, shows, lists and ends a rollout, and answers the same decision twice as once', async () => {
      const rollout = await start();
      const key = rollout.split('/').at(-1) ?? '';
      expect(await ana().find(key)).toBe(rollout);
      const report = await untilStatus(rollout, 'waiting');
      expect(report).toMatchObject({
        rollout,
        environment: environment(),
        startedBy: 'ana',
        gate: { epoch: 0 },
      });
      expect(await ana().why(rollout)).toMatchObject({ status: 'waiting', step: 'approve/go' });
      expect(await ana().plan(rollout)).toEqual(askingPlan());
      expect(await ana().describe(rollout)).toMatchObject({ rollout, runbook: 'rename-thing', key });
      expect(await ana().readings(rollout)).toBeUndefined();
      expect(await ana().attempts(rollout)).toEqual([]);
      await expect(ana().refuseWhenOver(rollout)).resolves.toBeUndefined();
      const waiting = { name: 'sre', groupsIn: () => [] };
      const listed = () => ana().list({ environment: environment(), waitingFor: waiting });
      // The list of workflows lags behind what they do.
      await vi.waitFor(async () =>
        expect(await listed()).toContainEqual(expect.objectContaining({ rollout })),
      );

      const yes = await approval(ana(), rollout, 'yes');
      const first = await decide('ana', rollout, yes);
      expect(first).toMatchObject({ accepted: true, reason: '1 more needed' });
      const event = (await ana().journal(rollout)).find(({ evidence }) => evidence?.['id'] === yes.id);
      expect(event).toMatchObject({ type: 'decision', by: 'ana', evidence: { decision: 'approve' } });
      await decide('ben', rollout, await approval(as('ben'), rollout));
      expect(await ana().wait(rollout)).toMatchObject({ type: 'completed' });
      await expect(ana().refuseWhenOver(rollout)).rejects.toThrow(/is over: completed/);
    });

    it('binds a decision to what is open, and refuses who may not', async () => {
      const rollout = await start();
      await untilStatus(rollout, 'waiting');
      const yes = await approval(ana(), rollout);
      const other = { ...yes, epoch: 7 };
      const stale = await decide('ana', rollout, other).then(
        ({ accepted }) => accepted,
        (error: unknown) => error,
      );
      expect(stale === false || stale instanceof Refusal).toBe(true);
      const outside = await decide('carl', rollout, await approval(as('carl'), rollout));
      expect(outside).toMatchObject({
        accepted: false,
        reason: expect.stringMatching(/carl is in none of the groups/) as string,
      });
      const [id, by] = [await ana().decisionId(randomUUID()), 'ana'];
      expect(await decide('ana', rollout, { id, by, type: 'abort', reason: 'enough' })).toMatchObject({
        accepted: true,
      });
      expect(await ana().wait(rollout)).toMatchObject({ type: 'rolled-back' });
    });

    it('tells guards, and makes a watch longer that was looked at', async () => {
      const rollout = await start(exposingPlan());
      const { watch } = await untilStatus(rollout, 'watching');
      const [id, by] = [await ana().decisionId(randomUUID()), 'ana'];
      const step = watch?.step ?? '';
      const more = { id, by, type: 'extend' as const, step, ms: 3_600_000, reason: 'x' };
      expect(await decide('ana', rollout, more)).toMatchObject({ accepted: true });
      expect((await ana().status(rollout)).watch?.endsAt).toBe((watch?.endsAt ?? 0) + 3_600_000);
      await decide('ana', rollout, {
        id: await ana().decisionId(randomUUID()),
        by,
        type: 'halt',
        reason: 'x',
      });
      expect(await ana().wait(rollout)).toMatchObject({ type: 'halted' });
    });

    it('refuses what does not exist, an id twice, and one that does not fit', async () => {
      await expect(ana().find('nothing-like-it')).rejects.toMatchObject({ name: 'Refusal' });
      const nowhere = `rollout/${environment()}/rename-thing/none`;
      await expect(ana().describe(nowhere)).rejects.toThrow(/does not exist/);
      await expect(ana().status(nowhere)).rejects.toThrow(/does not exist/);
      const rollout = await start(unfitPlan());
      await untilStatus(rollout, 'refused');
      await expect(start(unfitPlan(), rollout.split('/').at(-1))).rejects.toThrow(/exists already/);
    });

    it('starts nothing while the environment is stopped', async () => {
      const decideLocks = async (person: string, choice: { type: 'stop' } | { type: 'lift' }) => {
        const id = await as(person).decisionId(randomUUID());
        return as(person).locks.decide(environment(), { id, by: person, reason: 'a test', ...choice });
      };
      expect(await decideLocks('ana', { type: 'stop' })).toMatchObject({ accepted: true });
      expect((await ana().locks.read(environment())).stopped).toMatchObject({ by: 'ana', reason: 'a test' });
      await expect(ana().locks.refuseWhileStopped(environment())).rejects.toThrow(
        /is stopped since .* by ana/,
      );
      await expect(start()).rejects.toThrow(/is stopped since/);
      expect(await decideLocks('ana', { type: 'lift' })).toMatchObject({ accepted: false });
      expect(await decideLocks('ben', { type: 'lift' })).toMatchObject({ accepted: true });
      await expect(ana().locks.refuseWhileStopped(environment())).resolves.toBeUndefined();
    });

    it('knows who works there, on which builds', async () => {
      expect(await ana().workerSeenAt(environment())).toEqual(expect.any(Number));
      expect(await ana().builds.everServed(environment())).toBe(true);
      expect(await ana().builds.list(environment())).toEqual([]);
      await expect(ana().builds.makeCurrent(environment(), 'none')).rejects.toThrow(
        /build none: is not known/,
      );
      expect(await ana().environment(environment())).toBe(environment());
    });
  });
}
