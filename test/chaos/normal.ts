import type { Json, JsonObject } from '../../src/engine/base/json.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';

/** Events that tell of missing evidence: how much of it is missing, and when, is a matter of time. */
const volatile: ReadonlySet<JournalEvent['type']> = new Set([
  'hold',
  'hold-cleared',
  'question',
  'watch-extended',
  'approvals-voided',
  // Exposure that is not back after seconds calls somebody: whoever was killed meanwhile takes longer.
  'still-exposed',
]);

/** Whether an event is a matter of time. */
export function isVolatile({ type }: Pick<JournalEvent, 'type'>): boolean {
  return volatile.has(type);
}

/** The events that no fault may change, without their numbers and times. They keep their order. */
export function eventsThatCount(journal: readonly JournalEvent[]): Json {
  return journal
    .filter((event, index) => !isVolatile(event) && !isMoot(event, journal.slice(index)))
    .map(plain);
}

/** What counted for nothing: a decision that a hold refused, and leave that a hold voided before it was used. */
function isMoot({ type, step, evidence, reason }: JournalEvent, later: readonly JournalEvent[]): boolean {
  const voided = later.findLastIndex((event) => event.type === 'approvals-voided' && event.step === step);
  switch (type) {
    case 'decision':
      return evidence?.['accepted'] === true ? voided >= 0 : /hold/.test(reason);
    case 'gate-passed':
      return voided >= 0;
    case 'gate-opened':
      // Only a gate that had passed is opened anew.
      return later
        .slice(0, Math.max(voided, 0))
        .some((event) => event.type === 'gate-passed' && event.step === step);
    default:
      return false;
  }
}

function plain({ type, phase, step, epoch, by, reason, evidence }: JournalEvent): JsonObject {
  return {
    type,
    ...(phase && { phase }),
    ...(step && { step }),
    // A hold asks anew at a gate, which is its next epoch.
    ...(epoch !== undefined && !isOfGate(step) && { epoch }),
    ...(by && { by }),
    reason,
    ...(evidence && { evidence }),
  };
}

function isOfGate(step: string | undefined): boolean {
  return step?.startsWith('approve/') ?? false;
}

/** What a guard measured: how many requests there were, in which time, and their share of failures or their duration. */
const measured = /[\d.]+ (?:%|ms|s) of [\d.]+ (baseline )?requests(?: in [\d.]+ (?:ms|s|m))?/g;

/** Functions of ours are called after the table's number in its database. */
const numbered = /\b(switchback\.[a-z_]+_)\d+/g;

/** What a table is: the numbers of its database and of itself are a run's own. */
const identified = /\bpostgres\/\d+\/\d+\/\d*/g;

/** A comparison before promotion has a key of its own for each time. */
const rechecked = /\/recheck\/\d+/g;

/** How `Hands` calls a decision that a hold has voided, or refused, and that is given anew. */
export const again = ' again ';
const decidedAgain = new RegExp(`${again}\\d+$`);

/**
 * What is a matter of time in what a store or the journal keeps: when it was done, and in how many batches, for their
 * size goes by how long they take.
 */
const timely: ReadonlySet<string> = new Set(['at', 'batches', 'readAt']);

/** The same value without times and measurements, and with what is a run's own replaced by what it is. */
export function normal(value: unknown, own: Readonly<Record<string, string>>): Json {
  if (typeof value === 'string') {
    return withoutOwn(value, own)
      .replace(measured, 'some of the $1requests')
      .replace(numbered, '$1<table>')
      .replace(identified, 'postgres/<table>')
      .replace(rechecked, '/recheck')
      .replace(decidedAgain, '');
  }
  if (Array.isArray(value)) return value.map((one) => normal(one, own));
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => member !== undefined && !timely.has(key))
      .map(([key, member]) => [key, normal(member, own)]),
  );
}

function withoutOwn(text: string, own: Readonly<Record<string, string>>): string {
  return Object.entries(own).reduce((left, [name, mine]) => left.replaceAll(mine, `<${name}>`), text);
}
