import { setTimeout as sleep } from 'node:timers/promises';
import type { EvidenceStore } from '../../../activities/records/evidence.js';
import { stepsOf, type Guard, type Plan } from '../../../src/engine/plan/plan.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { GuardReading } from '../../../src/engine/state/values.js';
import type { WorstSince } from '../say/speaking.js';

/** What is read of the evidence of rollouts that ask. */
export type Worst = (
  rollout: string,
  plan: Plan,
  events: readonly JournalEvent[],
) => Promise<WorstSince | undefined>;

/** A question does not wait longer for what was seen before it. */
const answersWithin = 2_000;
/** More questions than are open at a time; what is forgotten is read anew. */
const mostKept = 500;
/** Evidence of a moment may be written a little after it. */
const writtenWithin = 60_000;

interface Scan {
  readonly until: number;
  readonly readings: ReadonlyMap<string, GuardReading>;
}

/**
 * The worst value of each guard since the last gate, or since somebody was exposed first. Each look reads only what has
 * come since the one before; another process that looks next begins anew, and finds the same.
 */
export function worstOf(evidence: Pick<EvidenceStore, 'parts'>, now: () => number = Date.now): Worst {
  const scans = new Map<string, Promise<Scan>>();

  return async (rollout, plan, events) => {
    const begin = beginOf(plan, events);
    if (!begin || plan.guards.length === 0) return undefined;
    const key = `${rollout} ${begin.since}`;
    const before = scans.get(key);
    const scan = (before ?? Promise.resolve({ until: begin.since, readings: new Map() })).then((known) =>
      scanOn(evidence, rollout, plan, known, Math.max(begin.since, known.until - writtenWithin), now()),
    );
    scans.delete(key);
    scans.set(key, scan);
    if (scans.size > mostKept) scans.delete([...scans.keys()][0] ?? '');
    // Read anew next time, from where it was.
    scan.catch(() => {
      if (scans.get(key) !== scan) return;
      if (before) scans.set(key, before);
      else scans.delete(key);
    });
    const late = sleep(answersWithin, undefined, { ref: false });
    const found = await Promise.race([scan, late]).catch(() => undefined);
    return { ...begin, readings: found?.readings };
  };
}

async function scanOn(
  evidence: Pick<EvidenceStore, 'parts'>,
  rollout: string,
  { guards }: Plan,
  known: Scan,
  from: number,
  until: number,
): Promise<Scan> {
  const readings = new Map(known.readings);
  for await (const part of evidence.parts(rollout, from, until)) {
    for (const reading of part) {
      const guard = guards.find(({ name }) => name === reading.guard);
      const worst = readings.get(reading.guard);
      if (guard && isWorse(guard, reading, worst)) readings.set(reading.guard, reading);
    }
  }
  return { until, readings };
}

function isWorse(guard: Guard, reading: GuardReading, than: GuardReading | undefined): boolean {
  const value = badness(guard, reading);
  return value !== undefined && value > (than ? (badness(guard, than) ?? -Infinity) : -Infinity);
}

/** A relative guard is as bad as its candidate is worse than its baseline. */
function badness({ criterion }: Guard, { value, baseline }: GuardReading): number | undefined {
  if (value === undefined || criterion.type === 'absolute') return value;
  return baseline !== undefined && baseline > 0 ? value / baseline : undefined;
}

function beginOf(plan: Plan, events: readonly JournalEvent[]): Omit<WorstSince, 'readings'> | undefined {
  const passed = events.findLast(({ type }) => type === 'gate-passed');
  if (passed) return { since: passed.at, ...(passed.step !== undefined && { gate: passed.step }) };
  const exposing = new Set(
    stepsOf(plan).flatMap(({ step }) => (step.type === 'act' && step.exposure ? [step.id] : [])),
  );
  const first = events.find(({ type, step }) => type === 'act-started' && exposing.has(step ?? ''));
  return first && { since: first.at };
}
