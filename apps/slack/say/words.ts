import { formatDuration } from '../../../src/engine/base/duration.js';
import { registeredAs } from '../../../src/identity/index.js';
import type { Speaking } from './speaking.js';

/** Text from outside as it can be shown: on one line, with nothing that hides it, turns it around, or is half a character. */
export function unmarked(text: string): string {
  return text
    .replace(/\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/gu, (one) => (one === '\n' ? ' ' : '?'))
    .trim();
}

/** The same where Slack's markup counts: it must not mention anybody, nor be a link. */
export function plain(text: string): string {
  return unmarked(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** No longer than Slack takes it, with the end marked where something is left out: between characters, and no half mention. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '');
  const open = cut.lastIndexOf('<');
  return `${open > cut.lastIndexOf('>') ? cut.slice(0, open) : cut}…`;
}

/** A time as each reader's own clock shows it. */
export function clock(at: number): string {
  const utc = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${Math.floor(at / 1_000)}^{date_short_pretty} {time}|${utc} UTC>`;
}

/** A length of time in whole seconds, so that an edit does not change a message for nothing. */
export function lasting(ms: number): string {
  return ms < 1_000 ? 'a moment' : formatDuration(Math.floor(ms / 1_000) * 1_000);
}

/** Somebody, so that Slack calls them where they can be called. */
export function mention({ directory }: Pick<Speaking, 'directory'>, name: string): string {
  const slack = registeredAs(directory, name)?.slack;
  return slack ? `<@${slack.user}>` : plain(name);
}

/** A list as people say it. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? 'nobody';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A door as people call it. */
export function doorText(via: string | undefined): string {
  if (via === undefined) return 'a way that is not known';
  const names: Readonly<Record<string, string>> = {
    slack: 'Slack',
    api: 'the API',
    cli: 'the command line',
  };
  return Object.hasOwn(names, via) ? names[via]! : plain(via);
}
