import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { locksId, type LocksChoice, type LocksRequest } from '../../src/protocol/locks.js';
import {
  eventOf,
  eventsOf,
  inEnvironment,
  type TestEnvironment,
  type TestRollout,
} from '../support/rollouts.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { flagOnly, without, type Change } from '../support/rollouts/plans.js';
import { replay } from '../support/rollouts/replay.js';
import { eventually } from '../support/eventually.js';

const decide = ({ client, name }: TestEnvironment, by: string, choice: LocksChoice) =>
  client.locks.decide(name, { id: randomUUID(), by, reason: 'decided in a test', ...choice });
const locksOf = ({ client, name }: TestEnvironment) => client.locks.read(name);
const holdersOf = async (environment: TestEnvironment) =>
  (await locksOf(environment)).holders.map(({ rollout }) => rollout);
const queued = (rollout: TestRollout) => rollout.waitFor('queued', ({ status }) => status === 'queued');
const until = (holds: () => Promise<boolean>) => eventually(async () => expect(await holds()).toBe(true));

/** The history of the locks replays, whatever happened in it. */
async function inTown(body: (environment: TestEnvironment) => Promise<void>): Promise<void> {
  await inEnvironment({}, async (environment) => {
    await body(environment);
    await replay(environment.temporal, locksId(environment.name));
  });
}

it.concurrent('one at a time: the second stands in line, visibly, and goes on when the first has ended', () =>
  inTown(async (environment) => {
    const first = await environment.start();
    await first.waitForGate('approve/go');
    const second = await environment.start();
    const { why } = await queued(second);
    expect(why.waitingFor).toContain(first.id);
    const third = await environment.start();
    await queued(third);

    expect(await locksOf(environment)).toMatchObject({
      holders: [
        { rollout: first.id, owner: 'team-checkout', scope: ['table:shop.customer', 'flag:split-name'] },
      ],
      waiting: [
        { rollout: second.id, behind: [{ rollout: first.id }] },
        { rollout: third.id, behind: [{ rollout: first.id }, { rollout: second.id }] },
      ],
    });
    await third.decide('ana', { type: 'abort' });
    expect((await third.ended()).outcome.type).toBe('refused');

    await first.decide('ana', { type: 'abort' });
    const ended = await first.ended();
    expect(ended.outcome.type).toBe('rolled-back');
    await second.waitForGate('approve/go');
    expect(await holdersOf(environment)).toEqual([second.id]);
    const journal = await second.journal();
    expect(eventOf(journal, 'scope-acquired').at).toBeGreaterThan(eventOf(ended.journal, 'verified').at);
    expect(eventOf(journal, 'queued').reason).toContain(first.id);

    await second.pass('approve/go', { ana: 'update', ben: 'update' });
    await second.pass('approve/purge', { ben: 'update' });
    expect((await second.ended()).outcome).toMatchObject({ type: 'completed' });
    await until(async () => (await holdersOf(environment)).length === 0);
  }),
);

/** The plan's table under another name for the same, and nothing else of the plan. */
const otherSpelling: Change = (plan) =>
  JSON.parse(
    JSON.stringify({
      ...without('canary', 'soak', 'promote', 'contract')(plan),
      scope: ['table:shop.customer'],
      guards: [],
    })
      .replaceAll('"table":"customer"', '"table":"shop.Customer"')
      .replaceAll('table:shop.customer', 'table:shop.shop.Customer'),
  ) as Plan;

it.concurrent('one at a time also when two plans have different names for one table', () =>
  inTown(async (environment) => {
    const first = await environment.start();
    await first.waitForGate('approve/go');
    const second = await environment.start({}, otherSpelling);
    const { why } = await queued(second);
    expect(why.waitingFor).toContain('table:shop.shop.Customer (there called table:shop.customer)');
    expect(await locksOf(environment)).toMatchObject({
      waiting: [{ behind: [{ target: 'table:shop.shop.Customer', as: 'table:shop.customer' }] }],
    });
    await first.decide('ana', { type: 'abort' });
    expect((await first.ended()).outcome.type).toBe('rolled-back');
    expect((await second.ended()).outcome.type).toBe('completed');
  }),
);

it.concurrent('every outcome releases: refused and halted as well', () =>
  inTown(async (environment) => {
    environment.shop.answers = 'html';
    const unfit = await environment.start({ preflightWithin: '3s' });
    await until(async () => (await holdersOf(environment)).includes(unfit.id));
    expect((await unfit.ended()).outcome.type).toBe('refused');
    expect(await holdersOf(environment)).toEqual([]);

    environment.shop.answers = 'metrics';
    const halting = await environment.start();
    await halting.waitForGate('approve/go');
    const request = { ...(await halting.request('ana', { type: 'abort' })), type: 'halt' as const };
    expect(await environment.client.decide(halting.id, request)).toMatchObject({ accepted: true });
    expect((await halting.ended()).outcome.type).toBe('halted');
    expect(await holdersOf(environment)).toEqual([]);
  }),
);

it.concurrent('whoever does not want to wait is refused, and hears who holds what', () =>
  inTown(async (environment) => {
    const first = await environment.start();
    await first.waitForGate('approve/go');
    const second = await environment.start({}, undefined, { wait: false });
    const { outcome, failure } = await second.ended();
    expect(failure).toBe('Refused');
    expect(outcome.reason).toContain(`table:shop.customer is held or awaited by ${first.id} (team-checkout)`);
    expect(await holdersOf(environment)).toEqual([first.id]);
  }),
);

it.concurrent(
  'a terminated rollout leaves a lock that says so, and is taken over once its targets are as they were',
  () =>
    inTown(async (environment) => {
      const { name, temporal, records, told } = environment;
      const flags = await environment.flags();
      const first = await environment.start({}, flagOnly);
      await first.waitForGate('approve/go');
      const early = await decide(environment, 'ana', { type: 'take-over', rollout: first.id });
      expect(early).toMatchObject({
        accepted: false,
        reason: expect.stringContaining('its workflow runs') as string,
      });

      await temporal.workflow.getHandle(first.id).terminate('the operator slipped');
      const second = await environment.start({}, flagOnly);
      await queued(second);
      await until(async () => (await locksOf(environment)).waiting[0]?.behind[0]?.orphaned === true);
      expect((await locksOf(environment)).holders).toMatchObject([
        { rollout: first.id, orphaned: 'terminated' },
      ]);
      // Who watches it tells of it, and nobody else.
      await until(async () => told.some((text) => text.includes(`${first.id} in ${name} is an orphan`)));

      const asBen = await decide(environment, 'ben', { type: 'take-over', rollout: first.id });
      expect(asBen).toEqual({
        accepted: false,
        reason: 'ben is in none of the groups that may decide: team-checkout',
      });
      const exposed = await decide(environment, 'ana', { type: 'take-over', rollout: first.id });
      expect(exposed.accepted).toBe(false);
      expect(exposed.reason).toMatch(/^it left its targets other than it found them: flag:split-name: /);
      expect(await holdersOf(environment)).toEqual([first.id]);

      await writeFile(environment.flagFile, flags);
      const taken = await decide(environment, 'ana', { type: 'take-over', rollout: first.id });
      expect(taken).toEqual({
        accepted: true,
        reason: 'its lock is free; 1 targets were read, each as it was captured',
      });
      await second.waitForGate('approve/go');
      expect(await holdersOf(environment)).toEqual([second.id]);

      const id = locksId(name);
      await until(async () => (await records.journal.read(id)).length === 6);
      const journal = await records.journal.read(id);
      expect(await records.journal.verify(id)).toMatchObject({ ok: true });
      expect(journal.map(({ event }) => [event.type, event.by])).toEqual([
        ['started', undefined],
        ['decision', 'ana'],
        ['needs-operator', undefined],
        ['decision', 'ben'],
        ['decision', 'ana'],
        ['decision', 'ana'],
      ]);
      expect(journal.at(-1)?.event.evidence).toMatchObject({
        accepted: true,
        targets: [{ target: 'flag:split-name', asCaptured: true }],
      });

      // Others begin without what those before had written.
      await temporal.workflow.getHandle(id).terminate();
      await decide(environment, 'ben', { type: 'take-over', rollout: second.id });
      await until(async () => (await records.journal.read(id)).length === 8);
      expect(await records.journal.verify(id)).toMatchObject({ ok: true });
    }),
);

it.concurrent('a terminated rollout is taken over as it is only by somebody who says so', () =>
  inTown(async (environment) => {
    const first = await environment.start();
    await first.waitForGate('approve/go');
    await environment.temporal.workflow.getHandle(first.id).terminate();
    const refused = await decide(environment, 'ana', { type: 'take-over', rollout: first.id });
    expect(refused.accepted).toBe(false);
    const taken = await decide(environment, 'ana', { type: 'take-over', rollout: first.id, asItIs: true });
    expect(taken.reason).toMatch(/2 targets were read, as they are: .*flag:split-name.* not as captured/);
    expect(await holdersOf(environment)).toEqual([]);
  }),
);

it.concurrent(
  'a stopped environment pauses all, takes exposure to zero, and refuses starts until it is lifted',
  () =>
    inTown(async (environment) => {
      const { name } = environment;
      const first = await environment.start();
      await first.waitForGate('approve/go');
      expect(environment.percent()).toBe(25);
      const second = await environment.start();
      await queued(second);

      const nobody = await decide(environment, 'mallory', { type: 'stop' });
      expect(nobody).toMatchObject({
        accepted: false,
        reason: expect.stringContaining('not known here') as string,
      });
      const stop: LocksRequest = {
        id: randomUUID(),
        by: 'carl',
        reason: 'smoke',
        type: 'stop',
        exposure: 'zero',
      };
      const stopped = await environment.client.locks.decide(name, stop);
      expect(stopped.accepted).toBe(true);
      expect(stopped.reason).toContain(first.id);
      expect(await environment.client.locks.decide(name, stop)).toEqual(stopped);

      await first.waitFor('paused at zero', ({ status, exposure }) => status === 'paused' && exposure === 0);
      expect(environment.percent()).toBe(0);
      const paused = eventsOf(await first.journal(), 'decision').filter(({ by }) => by === 'carl');
      expect(paused).toMatchObject([
        { evidence: { id: `stop/${stop.id}`, accepted: true, reason: 'smoke' } },
      ]);
      expect((await second.ended()).outcome).toMatchObject({
        type: 'refused',
        reason: expect.stringContaining('the environment is stopped by carl: smoke') as string,
      });
      await expect(environment.start()).rejects.toThrow(
        new RegExp(
          `environment ${name}: is stopped since .* by carl: smoke; when it is over: switchback stop --env ${name} --lift`,
        ),
      );

      expect(await decide(environment, 'ana', { type: 'lift' })).toMatchObject({ accepted: true });
      expect(await decide(environment, 'ana', { type: 'lift' })).toMatchObject({ accepted: false });
      await queued(await environment.start());
      expect((await first.status()).status).toBe('paused');
      expect(await holdersOf(environment)).toEqual([first.id]);
    }),
);

it.concurrent('locks that were terminated find out who holds what before they grant anything', () =>
  inTown(async (environment) => {
    const { temporal, name } = environment;
    const first = await environment.start();
    await first.waitForGate('approve/go');
    const second = await environment.start();
    await queued(second);
    await temporal.workflow.getHandle(locksId(name)).terminate();
    const third = await environment.start();
    await queued(third);
    const { holders, waiting } = await locksOf(environment);
    expect(holders).toMatchObject([{ rollout: first.id, owner: 'team-checkout' }]);
    expect(waiting).toMatchObject([{ rollout: third.id, behind: [{ rollout: first.id }] }]);
    await first.decide('ana', { type: 'abort' });
    await first.ended();
    await third.waitForGate('approve/go');
  }),
);
