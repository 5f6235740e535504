import { describe, expect, it } from 'vitest';
import { timelineOf } from '../../../apps/client/timeline.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';

const start = Date.UTC(2026, 10, 30, 23, 59, 50);
const rollout = 'rollout/staging/split-customer-name/7';

const event = (number: number, after: number, rest: Partial<JournalEvent>): JournalEvent => ({
  number,
  at: start + after,
  type: 'started',
  reason: 'a reason',
  ...rest,
});

describe('a timeline', () => {
  it('says how long it took, and what, when, who and why', () => {
    const text = timelineOf(rollout, [
      event(1, 0, { by: 'ana', reason: 'a test' }),
      event(2, 15_000, { type: 'breach', reason: 'errors: 12 % is above 5 %' }),
      event(3, 75_000, { type: 'decision', step: 'approve/go', by: 'ben', via: 'slack', reason: 'no' }),
    ]);
    expect(text.split('\n')).toEqual([
      '# Timeline of `rollout/staging/split-customer-name/7`',
      '',
      '2026-11-30 23:59:50 to 2026-12-01 00:01:05 (UTC), 1m15s',
      '',
      '- 2026-11-30 23:59:50 **started**, ana: a test',
      '- 2026-12-01 00:00:05 (+15s) **breach**: errors: 12 % is above 5 %',
      '- 2026-12-01 00:01:05 (+1m15s) **decision** `approve/go`, ben through slack: no',
      '',
    ]);
  });

  it('shows what people wrote as text', () => {
    const reason = '# now\n![x](http://evil.example) <b>|`\u202e';
    const [, , , , line] = timelineOf(rollout, [event(1, 0, { reason, step: 'a`b' })]).split('\n');
    expect(line).toBe(
      "- 2026-11-30 23:59:50 **started** `a'b`: \\# now \\!\\[x\\](http://evil.example) \\<b\\>\\|\\`?",
    );
  });

  it('says when it does not have the beginning, and when there is nothing', () => {
    expect(timelineOf(rollout, [event(12, 0, {})])).toContain('Events 1 to 11 are in the exported journal');
    expect(timelineOf(rollout, [])).toContain('Nothing is written down yet.');
  });
});
