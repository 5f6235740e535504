import { createHash } from 'node:crypto';
import { isRefusal } from '../../../src/engine/base/errors.js';
import type { Answer, DecisionRequest } from '../../../src/engine/state/messages.js';
import type { Shown } from '../../../src/identity/claims.js';
import { neededFor } from '../../../src/identity/index.js';
import { saferOf } from '../../../src/protocol/doors.js';
import { noteAttempt, type Attempt } from './attempts.js';
import type { Door } from './door.js';
import type { Identified } from './who.js';

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;
export type Wish = Without<DecisionRequest, 'id' | 'by' | 'signed'>;

/** A decision as somebody made it in Slack. */
export interface Made {
  readonly rollout: string;
  readonly wish: Wish;
  /** What Slack gave the click: the same click twice is the same decision. */
  readonly click: string;
  readonly shown?: Shown;
}

/**
 * Hands a decision in, signed, and answers what became of it. Also that of somebody who is nobody here: the rollout
 * refuses it, and its journal keeps who tried.
 */
export async function decide(door: Door, who: Identified, made: Made): Promise<Answer> {
  const { rollout, wish, click, shown } = made;
  const id = idOf(click);
  const known = nameOf(who, wish);
  const by = known ?? triedAs(who);
  const request = { ...wish, id, by } as DecisionRequest;
  try {
    const { firstRun } = await door.client.describe(rollout);
    const about = { rollout, firstRun, ...(shown && { shown }), ...(await seenBy(door, rollout, request)) };
    const signed = await door.signer.decision({ name: by, proof: 'slack' }, about, request);
    const answer = await door.client.decide(rollout, { ...request, signed });
    return known === undefined ? refusedAs(who) : answer;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const answer = known === undefined ? refusedAs(who) : { accepted: false, reason: error.message };
    const step = 'step' in wish && wish.step !== undefined ? { step: wish.step } : {};
    const attempt = { by, wanted: wish.type, rollout, ...step, reason: answer.reason, id };
    await note(door, { ...attempt, ...(shown && { shown }) });
    return answer;
  }
}

/** The same for the same click. */
export function idOf(click: string): string {
  return `slack/${createHash('sha256').update(click).digest('hex').slice(0, 32)}`;
}

/** What no rollout writes down is written down here. Who is to be told is told in any case. */
export async function note(
  door: Pick<Door, 'journal' | 'environment' | 'log'>,
  attempt: Attempt,
): Promise<void> {
  await noteAttempt(door.journal, door.environment, attempt).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    door.log(`that ${attempt.by} tried to ${attempt.wanted} could not be written down: ${why}`);
  });
}

/** What only makes things safer does not wait until Slack can say whose account it is: its signature has said it. */
function nameOf(who: Identified, wish: Wish): string | undefined {
  if ('name' in who) return who.name;
  return onlyBrakes(wish) ? who.unsure : undefined;
}

function triedAs(who: Identified): string {
  return 'name' in who ? who.name : who.tried;
}

function refusedAs(who: Identified): Answer {
  return { accepted: false, reason: 'refused' in who ? who.refused : '' };
}

function onlyBrakes(wish: Wish): boolean {
  const { right } = neededFor({ ...wish, id: '', by: '' });
  return right.every((one) => one === 'brake') && wish.type !== 'comment';
}

/** A gate has its epoch, and nothing stands between an abort and the rollout: all else is bound to what there is to see now. */
async function seenBy(
  { client }: Door,
  rollout: string,
  request: DecisionRequest,
): Promise<{ readonly seen?: number }> {
  if ('epoch' in request || saferOf('rollout').has(request.type)) return {};
  const seen = (await client.journal(rollout)).at(-1)?.number;
  return seen === undefined ? {} : { seen };
}
