import { formatDuration } from '../../src/engine/base/duration.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';

/**
 * What happened, as Markdown to paste into a post-mortem: a heading, how long it took, and a line for each event.
 *
 * @param events a rollout's journal, oldest first
 */
export function timelineOf(rollout: string, events: readonly JournalEvent[]): string {
  const [first] = events;
  const last = events.at(-1);
  const title = `# Timeline of ${inCode(rollout)}`;
  if (!first || !last) return `${title}\n\nNothing is written down yet.\n`;
  const span = `${moment(first.at)} to ${moment(last.at)} (UTC), ${formatDuration(last.at - first.at)}`;
  const cut =
    first.number > 1 ? [`Events 1 to ${first.number - 1} are in the exported journal alone.`, ''] : [];
  return [title, '', span, '', ...cut, ...events.map((event) => lineOf(event, first.at)), ''].join('\n');
}

function lineOf({ at, type, step, reason, by, via }: JournalEvent, start: number): string {
  const after = at === start ? '' : ` (+${formatDuration(at - start)})`;
  const about = step === undefined ? '' : ` ${inCode(step)}`;
  const who = by === undefined ? '' : `, ${inText(by)}${via === undefined ? '' : ` through ${inText(via)}`}`;
  return `- ${moment(at)}${after} **${type}**${about}${who}: ${inText(reason)}`;
}

function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** What people wrote must not become a heading, a link or an image in somebody's page. */
function inText(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|#!~]/g, '\\$&');
}

/** Within ticks nothing is markup, but for the ticks themselves. */
function inCode(text: string): string {
  return `\`${oneLine(text).replaceAll('`', "'")}\``;
}

function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '?')
    .trim();
}
