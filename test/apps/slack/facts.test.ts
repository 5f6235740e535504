import { describe, expect, it } from 'vitest';
import type { Look } from '../../../src/engine/state/look.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { exposedText } from '../../../apps/slack/say/exposed.js';
import { guardsText } from '../../../apps/slack/say/guards.js';
import { rowsText } from '../../../apps/slack/say/rows.js';
import type { Told } from '../../../apps/slack/say/speaking.js';
import { absolute, guardOf, p95 } from '../../analysis/given.js';

const event = (
  evidence: JournalEvent['evidence'],
  type: JournalEvent['type'] = 'act-done',
): JournalEvent => ({
  number: 1,
  at: 0,
  type,
  reason: '',
  ...(evidence && { evidence }),
});

describe('rows touched', () => {
  it('are what backfills wrote, what of it came from an earlier set-aside, and what was set aside', () => {
    const fills = [
      event({ rows: 1_000, merged: 12, batches: 2 }),
      event({ rows: 1, merged: 0, batches: 1 }),
      event({ table: 'customer', setAside: 3 }, 'undone'),
      event({ rows: 99_999 }),
    ];
    expect(rowsText(fills)).toBe(
      '1,001 rows written, 12 of them from what was set aside before; 3 rows set aside',
    );
    expect(rowsText(fills.slice(1, 2))).toBe('1 row written; none set aside');
  });

  it('are not made up where no step has counted any', () => {
    expect(rowsText([event(undefined), event({ rows: 5 })])).toBe('no step has counted any');
  });
});

describe('who is exposed now', () => {
  const look = (target: Look['target'], percent: number, verdict: Look['verdict'] = 'as-left'): Look => ({
    target,
    percent,
    verdict,
    at: 0,
    reason: '',
  });
  const textOf = (exposure: number, looks?: readonly Look[]) =>
    exposedText({ report: { exposure, looks } } as unknown as Pick<Told, 'report'>);

  it('is told by each target, also where somebody else changed it', () => {
    expect(textOf(25)).toBe('up to 25 % of users');
    expect(textOf(25, [look('flag:a', 25), look('flag:b', 5, 'lowered')])).toBe(
      'up to 25 % of users, by `flag:a` and 5 % by `flag:b`, changed by somebody else',
    );
  });

  it('is not known where a target cannot be read', () => {
    const { percent: _, ...unread } = look('flag:a', 25, 'unread');
    expect(textOf(25, [unread])).toBe('not known: flag:a cannot be read');
  });
});

it('guards that say nothing for the same reason give it once', () => {
  const plan = { guards: [guardOf(absolute(0.05)), guardOf(absolute(1), p95)] };
  const silent = (guard: string) => ({
    guard,
    verdict: 'no-evidence',
    at: 0,
    reason: 'source shop cannot be read',
  });
  const report = { readings: ['errors', 'latency'].map(silent) };
  expect(guardsText({ plan, report } as unknown as Told)).toBe(
    '❔ errors *no value* (at most 5 %): source shop cannot be read\n❔ latency *no value* (at most 1000 ms): as errors',
  );
});
