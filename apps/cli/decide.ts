import { randomUUID } from 'node:crypto';
import { Refusal, type RolloutClient } from '../client/client.js';
import type { Answer } from '../../src/engine/state/messages.js';
import { bind, nameOf, type Choice } from './bind.js';
import { confirmApproval } from './confirm-approval.js';
import { print, withClient, type Context, type OutputOptions, type ServerOptions } from './context.js';
import { recordedDecision } from '../client/recorded.js';
import { asPerson, requirePerson, type Decider } from './person.js';

/** What every decision is given. */
export interface DecideOptions extends ServerOptions, OutputOptions {
  readonly reason?: string;
  readonly key?: string;
  /** Nothing is asked. */
  readonly yes?: true;
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
  wanted: DecideOptions,
  choice: Choice,
): Promise<void> {
  requirePerson(wanted, context);
  await withClient(context, wanted, async (client) => {
    const rollout = await client.find(given);
    const options = await asPerson(client, wanted);
    const { as: by, key } = options;
    const id = await client.decisionId(key ?? randomUUID());
    const before = key === undefined ? undefined : await decidedBefore(client, rollout, id, by, choice);
    const { step, answer } = before ?? (await send(client, { rollout, id, choice }, options, context));
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
  { rollout, id, choice }: { readonly rollout: string; readonly id: string; readonly choice: Choice },
  options: Decider<DecideOptions>,
  context: Context,
): Promise<Decided> {
  const { as: by, reason } = options;
  const base = { id, by, ...(reason !== undefined && { reason }) };
  const request = await bind(choice, base, async () => {
    const report = await client.status(rollout);
    if (report.outcome) await client.refuseWhenOver(rollout);
    if (choice.type === 'approve') await confirmApproval(client, report, { by, yes: options.yes }, context);
    return report;
  });
  const answer = await client.decide(rollout, request);
  return { ...('step' in request && request.step !== undefined && { step: request.step }), answer };
}

/** A key that stands for another decision must not make this one look as if it had been taken. */
async function decidedBefore(
  client: RolloutClient,
  rollout: string,
  id: string,
  by: string,
  choice: Choice,
): Promise<Decided | undefined> {
  const before = recordedDecision(await client.journal(rollout), id);
  if (!before) return undefined;
  const { name = nameOf(choice) } = before;
  if (before.by === by && name === nameOf(choice)) return before;
  throw new Refusal(`key ${id}`, `stands for ${name} by ${before.by} already`, 'give another --key');
}
