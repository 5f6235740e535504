import { randomUUID } from 'node:crypto';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { expect, it } from 'vitest';
import { startOptions } from '../../apps/client/start-options.js';
import { freshKey, rolloutId } from '../../apps/client/rollout-id.js';
import { rolloutType } from '../../src/protocol/rollout.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { initialState } from '../../src/engine/state/state.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import {
  boundOfDecision,
  boundOfLocksDecision,
  boundOfStart,
  type Bound,
} from '../../src/identity/claims.js';
import type { RolloutInput } from '../../src/protocol/rollout.js';
import { eventsOf, inEnvironment, lookAtWorld, quick, type TestEnvironment } from '../support/rollouts.js';
import { sharedEnvironment, type SharedEnvironment } from '../support/rollouts/shared.js';

type PlanInput = Extract<RolloutInput, { plan: unknown }>;

const plan = splitCustomerName.evaluate({ ...quick, canary: [] });
const digest = planDigest(plan);

/** What a start straight to Temporal brings, unsigned. */
function inputFor({ name }: TestEnvironment): PlanInput {
  return { format: 1, plan, digest, environment: name, startedBy: 'ana' };
}

function newId({ name }: TestEnvironment): string {
  return rolloutId({
    environment: name,
    runbook: plan.runbook,
    key: `${freshKey(new Date())}-${randomUUID()}`,
  });
}

function boundTo(rollout: string, { name }: TestEnvironment, startedBy = 'ana'): Bound {
  return boundOfStart(name, rollout, { plan, digest, startedBy });
}

/** Starts it past every door, and answers why it was refused. */
async function refusalOf({ temporal }: TestEnvironment, rollout: string, input: object): Promise<string> {
  const options = startOptions(rollout, input as PlanInput);
  const more = { workflowIdReusePolicy: 'ALLOW_DUPLICATE' } as const;
  const handle = await temporal.workflow.start(rolloutType, { ...options, ...more });
  const error: unknown = await handle.result().catch((failed: unknown) => failed);
  const cause = error instanceof WorkflowFailedError ? error.cause : error;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  expect((cause as ApplicationFailure).type).toBe('Refused');
  return (cause as ApplicationFailure).message;
}

async function startSigned(environment: TestEnvironment, { sign }: SharedEnvironment) {
  const rollout = newId(environment);
  const input = { ...inputFor(environment), signed: await sign(boundTo(rollout, environment)) };
  const { temporal, follow } = environment;
  const handle = await temporal.workflow.start(rolloutType, startOptions(rollout, input));
  return { rollout: await follow(rollout), firstRun: handle.firstExecutionRunId, input };
}

it.concurrent(
  'a start that nobody has signed is refused before anything is read, and what is signed starts once',
  async () => {
    const shared = await sharedEnvironment();
    await inEnvironment(shared.options, async (environment) => {
      const before = await lookAtWorld(environment);
      const { sign, forge } = shared;
      const input = inputFor(environment);
      const id = newId(environment);
      const start = (more: object) => refusalOf(environment, id, { ...input, ...more });

      expect(await start({})).toContain('ana is only a name');
      expect(await start({ signed: await forge(boundTo(id, environment)) })).toContain('does not fit');
      const bens = await sign(boundTo(id, environment, 'ben'));
      expect(await start({ signed: bens })).toContain('for name ben, not ana');
      const elsewhere = await sign({ ...boundTo(id, environment), env: 'staging' });
      expect(await start({ signed: elsewhere })).toContain('for environment staging');
      const others = await sign(boundTo(newId(environment), environment));
      expect(await start({ signed: others })).toContain('it was signed for rollout');
      const zoes = await sign(boundTo(id, environment, 'zoe'));
      expect(await start({ signed: zoes, startedBy: 'zoe' })).toContain('zoe is not known here any more');
      const state = { ...initialState(plan, { ...input, rollout: id }), ready: true };
      expect(await start({ state })).toContain('a state that no run before it has left');
      expect(await environment.records.journal.read(id)).toEqual([]);
      expect(await environment.records.captures.list(id)).toEqual([]);

      const { rollout, input: signedInput } = await startSigned(environment, shared);
      await rollout.waitForGate('approve/go');
      // Nobody can decide when no door works; a cancellation always takes everything back.
      await environment.temporal.workflow.getHandle(rollout.id).cancel();
      const { closed, journal } = await rollout.ended();
      expect(closed).toBe('CANCELLED');
      const { signed } = signedInput;
      expect(journal[0]).toMatchObject({
        type: 'started',
        by: 'ana',
        via: 'api',
        submittedBy: 'ana',
        signed,
      });
      expect(await refusalOf(environment, rollout.id, signedInput)).toContain('was started before');
      expect(await rollout.exported()).toHaveLength(journal.length);
      expect(await lookAtWorld(environment)).toEqual(before);
    });
  },
);

it.concurrent(
  'what comes straight to Temporal decides nothing, and what a door has signed does, once',
  async () => {
    const shared = await sharedEnvironment();
    await inEnvironment(shared.options, async (environment) => {
      const { sign, forge } = shared;
      const { name, client, temporal } = environment;
      const { rollout, firstRun } = await startSigned(environment, shared);
      const { gate } = await rollout.waitForGate('approve/go');
      const about = { env: name, rollout: rollout.id, firstRun };
      const approval = (by: string) =>
        ({ type: 'approve', id: randomUUID(), by, step: gate!.step, epoch: gate!.epoch, digest }) as const;
      const boundOf = (request: DecisionRequest) => boundOfDecision(about, request);
      const decide = (request: DecisionRequest, signed: string) =>
        client.decide(rollout.id, { ...request, signed });
      const refused = (reason: string) => ({
        accepted: false,
        reason: expect.stringContaining(reason) as string,
      });

      expect(await client.decide(rollout.id, approval('ana'))).toEqual(refused('ana is only a name'));
      const forgeries: readonly [string, (bound: Bound) => Promise<string>][] = [
        ['does not fit', forge],
        ['for environment staging', (bound) => sign({ ...bound, env: 'staging' })],
        ['for try 7', (bound) => sign({ ...bound, epoch: 7 })],
        ['for first run', (bound) => sign({ ...bound, firstRun: randomUUID() })],
        ['for name ben', (bound) => sign({ ...bound, by: 'ben' })],
        ['may not vouch for oidc', (bound) => sign(bound, { proof: 'oidc' })],
        ['it counted until', (bound) => sign(bound, { iat: 1_000, exp: 1_300 })],
      ];
      for (const [reason, signedBy] of forgeries) {
        const request = approval('ana');
        expect(await decide(request, await signedBy(boundOf(request))), reason).toEqual(refused(reason));
      }
      const zoe = approval('zoe');
      expect(await decide(zoe, await sign(boundOf(zoe)))).toEqual(refused('not known here any more'));
      const old = { ...approval('ana'), epoch: gate!.epoch + 1 };
      expect(await decide(old, await sign(boundOf(old)))).toEqual(refused('look, and decide again'));
      const stop = { type: 'stop', id: randomUUID(), by: 'ana', reason: 'fire' } as const;
      expect(await client.locks.decide(name, stop)).toEqual(refused('ana is only a name'));
      expect(await rollout.status()).toMatchObject({ status: 'waiting', gate: { approvals: [] } });

      const first = approval('ana');
      const signed = await sign(boundOf(first));
      const answer = { accepted: true, reason: '1 more needed' };
      expect(await decide(first, signed)).toEqual(answer);
      await temporal.workflow.getHandle(rollout.id).signal('decide', { ...first, signed });
      expect(await decide(first, signed)).toEqual(answer);
      expect(await decide({ ...first, id: randomUUID() }, signed)).toEqual(
        refused('it was signed for decision'),
      );
      const decisions = eventsOf(await rollout.journal(), 'decision');
      expect(decisions.filter(({ evidence }) => evidence?.['accepted'])).toEqual([
        expect.objectContaining({ by: 'ana', via: 'api', submittedBy: 'ana', signed }),
      ]);
      expect(decisions.filter((event) => event.signed !== undefined)).toHaveLength(2);

      // A stop reaches those that run, with what was signed of it.
      const stopped = await client.locks.decide(name, {
        ...stop,
        id: 's-1',
        signed: await sign(boundOfLocksDecision(name, { ...stop, id: 's-1' })),
      });
      expect(stopped.accepted).toBe(true);
      const paused = await rollout.waitForEvent('paused');
      expect(paused).toMatchObject({ by: 'ana', reason: expect.stringContaining('fire') as string });
      const seen = paused.number - 1;
      const resume = { type: 'resume', id: randomUUID(), by: 'ana' } as const;
      expect(await decide(resume, await sign(boundOf(resume)))).toEqual(refused('had seen'));
      const unseen = { ...resume, id: randomUUID() };
      expect(await decide(unseen, await sign(boundOf(unseen), { seen }))).toEqual(refused('(paused): look'));
      const again = { ...resume, id: randomUUID() };
      const status = await decide(again, await sign(boundOf(again), { seen: paused.number }));
      expect(status.accepted).toBe(true);
      const abort = { type: 'abort', id: randomUUID(), by: 'ben' } as const;
      await temporal.workflow
        .getHandle(rollout.id)
        .signal('decide', { ...abort, signed: await sign(boundOf(abort)) });
      expect(await rollout.ended()).toMatchObject({
        outcome: { type: 'rolled-back', cause: { type: 'aborted', by: 'ben' } },
      });
    });
  },
);
