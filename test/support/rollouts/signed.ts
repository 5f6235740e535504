import { randomUUID } from 'node:crypto';
import { startOptions } from '../../../apps/client/start-options.js';
import { freshKey, rolloutId } from '../../../apps/client/rollout-id.js';
import { rolloutType } from '../../../src/protocol/rollout.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import type { Answer, DecisionRequest } from '../../../src/engine/state/messages.js';
import { boundOfDecision, boundOfStart } from '../../../src/identity/claims.js';
import type { TestEnvironment, TestRollout } from '../rollouts.js';
import type { SharedEnvironment } from './shared.js';

/** A rollout of a shared environment, and how somebody decides about it through its door. */
export interface SignedRollout {
  readonly rollout: TestRollout;
  readonly firstRun: string;
  /** Decides as `request.by`, who has seen the journal as it is now. */
  decide(request: Choice): Promise<Answer>;
}

type Without<T> = T extends unknown ? Omit<T, 'id'> : never;
/** A request whose id nobody needs to know. */
export type Choice = Without<DecisionRequest>;

/** Has `startedBy` start a plan through the door. */
export async function startThroughDoor(
  { name, temporal, client, follow }: TestEnvironment,
  { sign }: SharedEnvironment,
  plan: Plan,
  startedBy: string,
): Promise<SignedRollout> {
  const digest = planDigest(plan);
  const key = `${freshKey(new Date())}-${randomUUID()}`;
  const id = rolloutId({ environment: name, runbook: plan.runbook, key });
  const signed = await sign(boundOfStart(name, id, { plan, digest, startedBy }));
  const input = { format: 1, plan, digest, environment: name, startedBy, signed } as const;
  const { firstExecutionRunId: firstRun } = await temporal.workflow.start(
    rolloutType,
    startOptions(id, input),
  );
  const rollout = await follow(id);
  return {
    rollout,
    firstRun,
    async decide(choice) {
      const request = { ...choice, id: randomUUID() } as DecisionRequest;
      const seen = (await rollout.journal()).at(-1)?.number ?? 0;
      const bound = boundOfDecision({ env: name, rollout: id, firstRun }, request);
      return client.decide(id, { ...request, signed: await sign(bound, { seen }) });
    },
  };
}
