import type { SlackMessage } from '../../../activities/slack/message.js';
import { registeredAs } from '../../../src/identity/index.js';
import { facts, header, section } from './blocks.js';
import { command } from './commands.js';
import { exposedText } from './exposed.js';
import { footer } from './footer.js';
import { guardsText } from './guards.js';
import type { Told } from './speaking.js';
import { clip, clock, listed, plain } from './words.js';

/** So many people are called at most. */
const mostCalled = 8;

/** A hold asks whether to wait or to go back. Undefined while none does. */
export function holdMessage(told: Told): SlackMessage | undefined {
  const { report, now } = told;
  const { hold, runbook, environment, rollout, why } = report;
  if (!hold?.asked || report.outcome) return undefined;
  const title = `Wait, or roll back? ${runbook} in ${environment}`;
  const next = why.nextAt === undefined || why.nextAt <= now ? '' : `, ${clock(why.nextAt)}`;
  const guards = guardsText(told);
  return {
    text: clip(`${plain(title)}: on hold, ${plain(hold.reason)}`, 3_000),
    blocks: [
      header(title),
      section(`⏸️ *On hold since ${clock(hold.since)}:* ${plain(hold.reason)}`),
      facts(
        ['Exposed now', exposedText(told)],
        ['Who may decide', whoMay(told)],
        ['If nobody answers', `${plain(why.next)}${next}`],
      ),
      ...(guards === undefined ? [] : [section(guards)]),
      section(
        'It goes on by itself as soon as every guard passes. Otherwise paste one of these:',
        command(`answer ${rollout} wait`),
        command(`answer ${rollout} roll-back`),
      ),
      footer(told),
    ],
  };
}

/** The hold is over, or somebody has answered. */
export function heldMessage(told: Told): SlackMessage {
  const title = `No answer is needed any more: ${told.report.runbook} in ${told.report.environment}`;
  return { text: clip(plain(title), 3_000), blocks: [header(`▶️ ${title}`), footer(told)] };
}

function whoMay({ report, directory }: Told): string {
  const { who } = report.why;
  // The incident of that source calls people.
  if (report.hold?.source !== undefined) return plain(who.join(', ')) || 'operators';
  const people = Object.keys(directory.principals).flatMap((name) => {
    const entry = registeredAs(directory, name);
    const isAsked = entry && (who.includes(name) || entry.groups.some((group) => who.includes(group)));
    return isAsked && entry.slack ? [`<@${entry.slack.user}>`] : [];
  });
  const called = people.length === 0 ? '' : `${listed(people.slice(0, mostCalled))} `;
  return `${called}(${plain(who.join(', ')) || 'operators'})`;
}
