import { randomUUID } from 'node:crypto';
import type { LocksChoice } from '../../src/protocol/locks.js';
import { Refusal, type RolloutClient } from '../client/client.js';
import { print, type Context, type OutputOptions, type ServerOptions } from './context.js';

/** What every decision about an environment is given. */
export interface LocksDecisionOptions extends ServerOptions, OutputOptions {
  readonly reason: string;
  readonly key?: string;
}

/** Sends one decision, under its key or a fresh id. Throws `Refusal` with the environment's own words when it is not accepted. */
export async function decideLocks(
  context: Context,
  client: RolloutClient,
  environment: string,
  options: LocksDecisionOptions,
  choice: LocksChoice,
): Promise<void> {
  const { reason, key = randomUUID() } = options;
  const by = await client.person(options.as);
  const id = await client.decisionId(key);
  const answer = await client.locks.decide(environment, { id, by, reason, ...choice });
  const what =
    'rollout' in choice ? `${choice.type} of ${choice.rollout}` : `${choice.type} of ${environment}`;
  if (!answer.accepted) {
    throw new Refusal(`${what} as ${by}`, answer.reason, `see "switchback locks --env ${environment}"`);
  }
  const result = { environment, decision: id, ...choice, by, ...answer };
  print(context, options, result, `${what} as ${by}: accepted, ${answer.reason}`);
}
