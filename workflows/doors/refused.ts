import type { Deciding, Place, TurnedAway } from '../../src/engine/decide/decision-queue.js';
import type { Message } from '../../src/engine/state/messages.js';

/** Decisions that are refused in one line: nobody waits for an answer to one of them. */
export type Dismissed = Extract<Message, { type: 'dismissed' }>;

/** So many who may not decide, and wait for no answer, have a line of their own. */
const mostApart = 10;

/** Of those who may not decide: whom to refuse one by one, and whom in one line. */
export function refusedTogether<T>(
  strangers: readonly T[],
  placeOf: (stranger: T) => Place<Deciding>,
): { readonly apart: readonly T[]; readonly together?: Dismissed } {
  const told = strangers.filter((stranger) => !placeOf(stranger).asked);
  if (told.length <= mostApart) return { apart: strangers };
  return {
    apart: strangers.filter((stranger) => placeOf(stranger).asked),
    together: dismissed(
      told.map((stranger) => placeOf(stranger).request.by),
      'they may not decide here',
    ),
  };
}

/** Those who were turned away unread. */
export function unread({ count, by }: TurnedAway): Dismissed {
  return dismissed(by, 'nobody has read them, because too many waited: decide again', count);
}

function dismissed(by: readonly string[], because: string, count = by.length): Dismissed {
  const named = [...new Set(by)].slice(0, mostApart);
  const reason = `${count} decisions by signal refused, in the name of ${named.join(', ')}: ${because}`;
  return { type: 'dismissed', count, by: named, reason };
}
