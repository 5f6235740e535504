import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import { below, oneOf, type Random } from '../../../demo/load/random.js';
import { startLocks } from '../../../activities/temporal/start-locks.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import { runbook } from '../../../src/engine/plan/runbook.js';
import type { Target, Verdict } from '../../../src/engine/plan/plan.js';
import type { Look } from '../../../src/engine/state/look.js';
import type { DecisionRequest } from '../../../src/engine/state/messages.js';
import { locksNames, type Asking, type LocksRequest } from '../../../src/protocol/locks.js';
import { approve, errorRate, expose, watch } from '../../../src/steps/index.js';
import { rolloutNames, rolloutType } from '../../../src/protocol/rollout.js';
import { sentinelNames } from '../../../src/protocol/sentinel.js';
import type { Deed, Kind } from './random-runs.js';

const plan = runbook({
  name: 'turns',
  owner: 'sre',
  why: 'Things happen to it.',
  hypothesis: 'It stays what it is.',
  params: z.object({}),
  plan: () => ({
    scope: ['flag:turns'],
    guards: [errorRate({ source: 'shop', atMost: 0.05, every: '1s', minRequests: 1 })],
    deadlines: { preflight: '20s', ask: '2s', giveUp: '4s' },
    canary: [
      expose('turns', { percent: 5, drain: '1ms' }),
      watch('short', { for: '1s' }),
      approve('go', { by: ['sre'], within: '8s' }),
      watch('long', { for: '1m' }),
    ],
  }),
}).evaluate({});
const digest = planDigest(plan);

/** A run in two is long, one in two goes on in a new one soon. */
const renewing = (random: Random) => (random() < 0.5 ? {} : { continueAfter: 40 + below(random, 60) });

const decisions: readonly ((random: Random) => object)[] = [
  () => ({ type: 'approve', step: 'approve/go', epoch: 0, digest }),
  () => ({ type: 'pause' }),
  () => ({ type: 'pause', exposure: 'zero' }),
  () => ({ type: 'resume' }),
  () => ({ type: 'resume' }),
  () => ({ type: 'extend', step: 'watch/long', ms: 500 }),
  () => ({ type: 'advance', step: 'watch/short' }),
  () => ({ type: 'answer', choice: 'wait' }),
  (random) => (random() < 0.2 ? { type: 'abort' } : { type: 'resume' }),
];
const decision = (random: Random) =>
  ({ ...oneOf(random, decisions)(random), id: randomUUID(), by: 'ana', reason: 'r' }) as DecisionRequest;
/** What the validator of every update refuses. */
const misshapen = { id: '', by: 'ana' } as unknown as DecisionRequest & LocksRequest;

/** Nobody has subscribed yet. */
const nothing = { number: 0, guards: [], exposed: [], chain: undefined };

const evidence: Deed = async (handle, { random, subscribed }) => {
  const { number, guards, exposed = [], chain } = subscribed.get(handle.workflowId) ?? nothing;
  // Mostly nothing new, which is a turn without a command.
  const drawn = random();
  const verdict: Verdict = drawn < 0.02 ? 'fail' : drawn < 0.1 ? 'no-evidence' : 'pass';
  const look = (target: Target): Look => ({ target, verdict: 'as-left', at: Date.now(), reason: 'as left' });
  const reading = (guard: string) => ({ guard, verdict, at: Date.now(), reason: verdict, value: 0 });
  await handle.signal(sentinelNames.evidence, {
    chain,
    subscription: number,
    readings: guards.map(({ name }) => reading(name)),
    looks: exposed.map(({ target }) => look(target)),
  });
};

/** Says again and again what changes nothing, so that turns without a command follow each other. */
const lull =
  (deed: Deed): Deed =>
  async (...given) => {
    for (let times = 2 + below(given[1].random, 2); times > 0; times -= 1) {
      await settled(given[0]);
      await deed(...given);
    }
    await settled(given[0]);
  };

/** No workflow task waits to be done. */
async function settled(handle: WorkflowHandle): Promise<void> {
  const waits = async () => (await handle.describe()).raw.pendingWorkflowTask;
  while (await waits()) await sleep(20);
}

const refuse: Deed = (handle) => handle.executeUpdate(rolloutNames.decide, { args: [misshapen] });
const decideRollout: Deed = (handle, { random }) =>
  handle.executeUpdate(rolloutNames.decide, { args: [decision(random)] });

/** Rollouts that watch, ask, hold, go back and go on in new runs. */
export const rollouts: Kind = {
  start: ({ client }, taskQueue, workflowId, random) => {
    const input = { format: 1, environment: taskQueue, startedBy: 'ana', plan, digest, ...renewing(random) };
    return client.workflow.start(rolloutType, { taskQueue, workflowId, args: [input] });
  },
  deeds: [
    refuse,
    refuse,
    decideRollout,
    decideRollout,
    decideRollout,
    evidence,
    lull(evidence),
    lull((handle) => handle.signal(rolloutNames.decide, misshapen)),
    (handle, { random }) => handle.signal(rolloutNames.decide, decision(random)),
    (handle) => handle.signal(sentinelNames.blind, { subscription: 0, reason: 'stale' }),
    (handle) => handle.signal(rolloutNames.lock, { status: 'granted' }),
    (handle) => handle.query(rolloutNames.status),
    (handle) => handle.query(rolloutNames.journal),
  ],
};

/** The locks look after so many milliseconds. */
const hour = 600;

const asking = (random: Random): Asking => ({
  rollout: `r${below(random, 2)}`,
  owner: 'o',
  scope: ['flag:a'],
  wait: random() < 0.8,
  askedAt: Date.now(),
});
const choice = (random: Random): LocksRequest => ({
  id: randomUUID(),
  by: 'ana',
  reason: 'r',
  ...(random() < 0.3 ? { type: 'stop' } : { type: 'lift' }),
});

const ask: Deed = (handle, { random }) =>
  handle.executeUpdate(locksNames.acquire, { args: [[asking(random)]] });
const release: Deed = (handle, { random }) =>
  handle.signal(locksNames.release, { rollout: `r${below(random, 2)}`, askedAt: Date.now() });
/** Nobody holds anything when the timer fires, and then somebody asks or not. */
const quietHour: Deed = async (handle, world) => {
  for (const rollout of ['r0', 'r1']) {
    await handle.signal(locksNames.release, { rollout, askedAt: Date.now() });
    await settled(handle);
  }
  await sleep(hour);
  await settled(handle);
  if (world.random() < 0.7) await ask(handle, world);
};
const refuseLocks: Deed = (handle) => handle.executeUpdate(locksNames.decide, { args: [misshapen] });

/** The locks of an environment, whose timers find somebody or nobody. */
export const locks: Kind = {
  start: ({ client }, taskQueue, workflowId, random) => {
    const { args, ...options } = startLocks(taskQueue, taskQueue);
    const looks = { lookEvery: hour / 2, lookAtAllEvery: hour, ...renewing(random) };
    return client.workflow.start(locksNames.workflow, {
      ...options,
      workflowId,
      args: [{ ...args[0], ...looks }],
    });
  },
  deeds: [
    ask,
    ask,
    ask,
    release,
    lull(release),
    quietHour,
    quietHour,
    lull((handle) => handle.signal(locksNames.decide, misshapen)),
    refuseLocks,
    refuseLocks,
    (handle, { random }) => handle.executeUpdate(locksNames.decide, { args: [choice(random)] }),
    (handle) => handle.query(locksNames.table),
  ],
};
