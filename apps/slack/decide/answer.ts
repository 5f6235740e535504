import type { Destination } from '../../../activities/slack/web.js';
import type { KeptMessage } from '../../../activities/slack/store.js';
import { isRefusal } from '../../../src/engine/base/errors.js';
import { directoryOf } from '../../config/identity/directory.js';
import type { Reported } from '../../client/client.js';
import type { Asking } from '../say/gate-facts.js';
import { refusalText, refusedAt, type Refused } from '../say/refused.js';
import { plain } from '../say/words.js';
import { decide, idOf, note, type Wish } from './decide.js';
import type { Door } from './door.js';
import { whisperTo } from './whisper.js';
import { identify, type Identified, type SlackPerson } from './who.js';

/** An answer to a question, as it was given in Slack. */
interface Given {
  readonly person: SlackPerson;
  readonly at: Destination;
  /** Which message it was given under, and what that said; undefined when it is none of ours. */
  readonly sealed: { readonly id: string; readonly said: string } | undefined;
  /** The same for the same click. */
  readonly click: string;
  /** What they wanted. */
  readonly wanted: string;
}

/** What an answer is bound to. */
export interface Bound extends Asking {
  readonly digest: string;
}

/** Hands an answer in; whoever gave one that does not count is told why, in place, and nobody else is. */
export async function answer(door: Door, given: Given, wish: (asking: Bound) => Wish): Promise<void> {
  const { store, slack, web } = door;
  const environment = door.now();
  const whisper = (text: string) => whisperTo(door, given.at, given.person.user, text);
  const speaking = { directory: directoryOf(environment), now: Date.now() };
  const { team, user } = given.person;
  const attempt = { by: `slack:${team}/${user}`, wanted: given.wanted, id: idOf(given.click) };
  const kept = given.sealed && (await store.message(given.sealed.id));
  const asking = kept && askingOf(kept.about);
  if (!given.sealed || !kept || !asking) {
    const reason = 'nothing that stands in the records is asked by it';
    door.log(
      `a click of ${given.person.team}/${given.person.user} on a message that is not known: ${given.at.channel}`,
    );
    await note(door, { ...attempt, reason });
    await whisper(refusalText({ why: 'old', reason }, speaking));
    return;
  }
  const { rollout } = kept;
  try {
    const who = await identify(environment, slack.team, web, given.person);
    const { digest } = await door.client.status(rollout);
    const shown = { message: `${kept.channel}/${kept.ts ?? ''}`, said: given.sealed.said };
    const made = { rollout, wish: wish({ ...asking, digest }), click: given.click, shown };
    const { accepted, reason } = await decide(door, who, made);
    door.changed();
    if (accepted) return;
    const [report, events] = await Promise.all([door.client.status(rollout), door.client.journal(rollout)]);
    const refused = whyRefused(who, asking, reason, report, events);
    door.log(`${describe(who)}: ${made.wish.type} for ${rollout} refused (${refused.why}): ${reason}`);
    await whisper(refusalText(refused, { ...speaking, asking, report }));
  } catch (error) {
    door.log(
      `a click for ${rollout} was not answered: ${error instanceof Error ? error.message : String(error)}`,
    );
    if (isRefusal(error)) await note(door, { ...attempt, ...asking, rollout, reason: error.message });
    await whisper(notKnown(kept, error));
  }
}

function whyRefused(
  who: Identified,
  asking: Asking,
  reason: string,
  report: Reported,
  events: Parameters<typeof refusedAt>[4],
): Refused {
  if ('refused' in who && who.refused === reason) return { why: 'no-right', reason };
  return refusedAt(asking, 'name' in who ? who.name : (who.unsure ?? ''), reason, report, events);
}

/** Nobody knows whether it counts: that is said as it is. */
function notKnown({ rollout }: KeptMessage, error: unknown): string {
  if (isRefusal(error)) {
    return `🗑️ *Nothing was decided: this message asks nothing any more.* ${plain(error.message)}`;
  }
  return (
    `⚠️ *It is not known whether your click counts.* ${plain(error instanceof Error ? error.message : String(error))}. ` +
    `Look before you click again: \`npx switchback why ${rollout}\``
  );
}

function describe(who: Identified): string {
  return 'name' in who ? who.name : who.tried;
}

/** Which asking a message is; undefined for one that is no question. */
export function askingOf(about: string): Asking | undefined {
  const [, step, epoch] = /^gate\/(.+)\/(\d+)$/.exec(about) ?? [];
  return step === undefined ? undefined : { step, epoch: Number(epoch) };
}

export function gateAbout({ step, epoch }: Asking): string {
  return `gate/${step}/${epoch}`;
}
