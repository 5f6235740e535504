import type { Answer, DecisionRequest } from '../../src/engine/state/messages.js';
import type { Outcome } from '../../src/engine/state/state.js';
import { neededFor } from '../../src/identity/index.js';
import { saferOf } from '../../src/protocol/doors.js';
import { partsOf } from '../client/rollout-id.js';
import { recordedDecision, type Recorded } from '../client/recorded.js';
import { bind, isBound, type Choice } from './bind.js';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { decisionId } from './keys.js';
import { ProblemError } from './problems/catalogue.js';
import { replayedHeader } from './keys.js';
import { requireOneOf } from './require-right.js';
import { openOf, requireOpen } from './tag.js';
import { reused } from './under-way.js';

/** A decision as it came. */
interface Wish {
  readonly rollout: string;
  readonly choice: Choice;
  readonly key: string | undefined;
  readonly tag: string | undefined;
}

/** Sends a decision, or tells what was answered when its key was used before. Throws a problem when it is refused. */
export async function decideOnce(door: Door, caller: Caller, wish: Wish) {
  const { rollout, choice, key, tag } = wish;
  const id = decisionId(caller, key);
  const once = () => decide(door, caller, wish, id);
  if (key === undefined) return once();
  return door.underWay.once(`${rollout} ${id}`, JSON.stringify([choice, tag]), once);
}

async function decide(door: Door, caller: Caller, wish: Wish, id: string) {
  const { rollout, choice, key } = wish;
  const before = key === undefined ? undefined : await recordedBefore(door, caller, wish, id);
  const { step, answer } = before ?? (await send(door, caller, wish, id));
  if (!answer.accepted) throw await refusal(door, wish, answer, before !== undefined);
  return {
    rollout,
    decision: id,
    ...choice,
    ...(step !== undefined && { step }),
    by: caller.name,
    accepted: true as const,
    reason: answer.reason,
    replayed: before !== undefined,
  };
}

async function send(
  door: Door,
  caller: Caller,
  { rollout, choice, tag }: Wish,
  id: string,
): Promise<{ readonly step?: string; readonly answer: Answer }> {
  const { client } = door;
  const request = await bind(choice, { id, by: caller.name }, tag, async () => {
    const report = await client.status(rollout);
    if (report.outcome) throw over(rollout, report.outcome);
    return report;
  });
  const { right } = neededFor(request);
  requireOneOf(door, caller, right, partsOf(rollout)?.runbook);
  const answer = await client.decide(rollout, await signed(door, caller, rollout, request));
  return { ...('step' in request && request.step !== undefined && { step: request.step }), answer };
}

function over(rollout: string, { type, reason }: Outcome): ProblemError {
  const fix = 'nothing can be decided any more; start a new one';
  return new ProblemError('refused', rollout, `is over: ${type} (${reason})`, fix);
}

/** Who it was, and by which proof, is what this door vouches for. */
async function signed(
  { client, signer }: Door,
  caller: Caller,
  rollout: string,
  request: DecisionRequest,
): Promise<DecisionRequest> {
  if (!signer) return request;
  const { firstRun } = await client.describe(rollout);
  const about = { rollout, firstRun, ...(await seenBy(client, rollout, request)) };
  return { ...request, signed: await signer.decision(caller, about, request) };
}

/** A gate has its epoch, and nothing stands between an abort and the rollout: all else is bound to what there is to see now. */
async function seenBy(
  client: Door['client'],
  rollout: string,
  request: DecisionRequest,
): Promise<{ readonly seen?: number }> {
  if ('epoch' in request || saferOf('rollout').has(request.type)) return {};
  const seen = (await client.journal(rollout)).at(-1)?.number;
  return seen === undefined ? {} : { seen };
}

/** What a key was answered: by this very person, for the same decision. Throws a problem when it stood for another. */
async function recordedBefore(
  { client }: Door,
  { name }: Caller,
  { rollout, choice, tag }: Wish,
  id: string,
): Promise<Recorded | undefined> {
  const before = recordedDecision(await client.journal(rollout), id);
  if (!before) return undefined;
  const wanted = choice.type === 'resolve' ? choice.choice : choice.type;
  const about = tag !== undefined && isBound(choice.type) ? openOf(tag).step : before.step;
  const same = before.by === name && (before.name ?? wanted) === wanted && about === before.step;
  if (!same) throw reused();
  return before;
}

/** Why it was refused: because what it was about is gone, or for a reason of its own. */
async function refusal(
  { client }: Door,
  wish: Wish,
  answer: Answer,
  replayed: boolean,
): Promise<ProblemError> {
  const { rollout, choice, tag } = wish;
  const headers = replayed ? { [replayedHeader]: 'true' } : undefined;
  if (!replayed && isBound(choice.type)) requireOpen(openOf(tag), await client.status(rollout));
  const what = `${choice.type} for ${rollout}`;
  return new ProblemError('refused', what, answer.reason, 'see why it waits, and decide again', headers);
}
