import { randomUUID } from 'node:crypto';
import { Refusal, type RolloutClient } from '../client.js';
import type { DecisionRequest } from '../../engine/messages.js';
import { print, withClient, type Context, type OutputOptions, type ServerOptions } from './context.js';

/** What every decision is given. */
export interface DecideOptions extends ServerOptions, OutputOptions {
  readonly as: string;
  readonly reason?: string;
}

type Base = { readonly id: string; readonly by: string; readonly reason?: string };
type MakeRequest = (base: Base, client: RolloutClient, rollout: string) => Promise<DecisionRequest>;

/** Sends one decision under a fresh id. Throws `Refusal` with the rollout's own words when it is not accepted. */
export async function decide(
  context: Context,
  given: string,
  options: DecideOptions,
  make: MakeRequest,
): Promise<void> {
  await withClient(context, options, async (client) => {
    const rollout = await client.find(given);
    const { as: by, reason } = options;
    const base = { id: randomUUID(), by, ...(reason !== undefined && { reason }) };
    const request = await make(base, client, rollout);
    const answer = await client.decide(rollout, request);
    const step = 'step' in request ? request.step : undefined;
    const what = step === undefined ? request.type : `${request.type} ${step}`;
    if (!answer.accepted) {
      throw new Refusal(`${what} for ${rollout} as ${by}`, answer.reason, `see "switchback why ${rollout}"`);
    }
    const { id, type } = request;
    const result = { rollout, decision: id, type, ...(step && { step }), by, ...answer };
    print(context, options, result, `${what} for ${rollout} as ${by}: accepted, ${answer.reason}`);
  });
}

/** A decision about the gate that is open now, bound to its epoch and the plan that was looked at. */
export function aboutGate(type: 'approve' | 'reject'): MakeRequest {
  return async (base, client, rollout) => {
    const { endedAt } = await client.describe(rollout);
    // Over: the client says how it ended, and the decision is never sent.
    if (endedAt !== undefined) return { ...base, type, step: 'none', epoch: 0, digest: '' };
    const { gate, digest, why } = await client.status(rollout);
    if (gate) return { ...base, type, step: gate.step, epoch: gate.epoch, digest };
    throw new Refusal(
      `${type} for ${rollout}`,
      `no gate is open now: it is ${why.status} and waits for ${why.waitingFor}`,
      `see "switchback why ${rollout}"`,
    );
  };
}
