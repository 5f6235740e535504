import { readFile } from 'node:fs/promises';
import { matches } from '../../src/identity/pattern.js';
import type { Window } from '../../src/engine/state/values.js';
import { readCalendar } from './read-calendar.js';
import { nextAfter, spanAt, type Span } from './spans.js';

/** A calendar of times in which nothing starts, as the configuration names it. */
export interface Calendar {
  readonly file: string;
  readonly zone: string;
  readonly runbooks: string;
}

/** Milliseconds before and after now for which occurrences are read: longer than any freeze. */
const day = 86_400_000;
const looksBack = 400 * day;
const looksAhead = 400 * day;

/** Whether the calendars of an environment let a runbook start at a moment. One that cannot be read does not. */
export async function windowOf(
  calendars: Readonly<Record<string, Calendar>>,
  runbook: string,
  at: number,
): Promise<Window> {
  const own = Object.entries(calendars).filter(([, { runbooks }]) => matches(runbooks, runbook));
  const spans: Span[] = [];
  for (const [name, calendar] of own) {
    const read = await spansOf(calendar, at);
    if ('fault' in read) return { open: false, unreadable: true, reason: `calendar ${name} ${read.fault}` };
    spans.push(...read.spans.map((span) => ({ ...span, name: `${name}: ${span.name}` })));
  }
  const closed = spanAt(spans, at);
  if (closed) return { open: false, reason: `calendar ${closed.name}`, until: closed.to };
  const next = nextAfter(spans, at);
  return { open: true, ...(next !== undefined && { until: next }) };
}

/** The spans of a calendar, or why they cannot be read. */
async function spansOf(
  { file, zone }: Calendar,
  at: number,
): Promise<{ readonly spans: readonly Span[] } | { readonly fault: string }> {
  try {
    const text = await readFile(file, 'utf8');
    return { spans: readCalendar(text, zone, { from: at - looksBack, to: at + looksAhead }) };
  } catch (error) {
    return { fault: `cannot be read (${file}): ${error instanceof Error ? error.message : String(error)}` };
  }
}
