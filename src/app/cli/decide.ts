import { randomUUID } from 'node:crypto';
import { Refusal, type RolloutClient } from '../client.js';
import type { Answer } from '../../engine/messages.js';
import { bind, nameOf, type Choice } from './bind.js';
import { print, withClient, type Context, type OutputOptions, type ServerOptions } from './context.js';
import { recordedDecision } from './recorded.js';

/** What every decision is given. */
export interface DecideOptions extends ServerOptions, OutputOptions {
  readonly as: string;
  readonly reason?: string;
  readonly key?: string;
}

interface Decided {
  readonly step?: string;
  readonly answer: Answer;
}

/**
 * Sends one decision, or reads what was answered when its key was used before. Throws `Refusal` with the rollout's own
 * words when it is not accepted.
 */
export async function decide(
  context: Context,
  given: string,
  options: DecideOptions,
  choice: Choice,
): Promise<void> {
  await withClient(context, options, async (client) => {
    const rollout = await client.find(given);
    const { as: by, key } = options;
    const id = key ?? randomUUID();
    const before = key === undefined ? undefined : await decidedBefore(client, rollout, key, by, choice);
    const { step, answer } = before ?? (await send(client, rollout, id, options, choice));
    const what = step === undefined ? nameOf(choice) : `${nameOf(choice)} ${step}`;
    if (!answer.accepted) {
      throw new Refusal(`${what} for ${rollout} as ${by}`, answer.reason, `see "switchback why ${rollout}"`);
    }
    const result = { rollout, decision: id, ...choice, ...(step !== undefined && { step }), by, ...answer };
    print(context, options, result, `${what} for ${rollout} as ${by}: accepted, ${answer.reason}`);
  });
}

async function send(
  client: RolloutClient,
  rollout: string,
  id: string,
  { as: by, reason }: DecideOptions,
  choice: Choice,
): Promise<Decided> {
  const base = { id, by, ...(reason !== undefined && { reason }) };
  await client.refuseWhenOver(rollout);
  const request = await bind(choice, base, () => client.status(rollout));
  const answer = await client.decide(rollout, request);
  return { ...('step' in request && request.step !== undefined && { step: request.step }), answer };
}

/** A key that stands for another decision must not make this one look as if it had been taken. */
async function decidedBefore(
  client: RolloutClient,
  rollout: string,
  key: string,
  by: string,
  choice: Choice,
): Promise<Decided | undefined> {
  const before = recordedDecision(await client.journal(rollout), key);
  if (!before) return undefined;
  const { name = nameOf(choice) } = before;
  if (before.by === by && name === nameOf(choice)) return before;
  throw new Refusal(`key ${key}`, `stands for ${name} by ${before.by} already`, 'give another --key');
}
