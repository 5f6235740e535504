import { expect, it } from 'vitest';
import { silenceOf, type ScheduledDrills } from '../../src/drill/silence.js';

const day = 86_400_000;
const scheduled: ScheduledDrills = {
  schedule: 'drill/drills/split',
  environment: 'drills',
  runbook: 'split',
  paused: false,
  interval: 7 * day,
  createdAt: 100 * day,
};

it('a drill that is overdue is told, also when none has ever come to its end', () => {
  expect(silenceOf(scheduled, 110.5 * day)).toBeUndefined();
  expect(silenceOf(scheduled, 111 * day)?.text).toMatch(/overdue: it comes every 7d, and it never was/);
  const drilled = { ...scheduled, drilledAt: 109 * day };
  expect(silenceOf(drilled, 119 * day)).toBeUndefined();
  expect(silenceOf(drilled, 120 * day)?.text).toMatch(/overdue: it comes every 7d, and it was 11d ago/);
});

it('a schedule that was made anew is not overdue by drills of long ago', () => {
  expect(silenceOf({ ...scheduled, drilledAt: 2 * day }, 101 * day)).toBeUndefined();
});

it('a schedule that is paused is told at once, with why and how it goes on', () => {
  const paused = { ...scheduled, paused: true, note: 'paused due to workflow failure' };
  expect(silenceOf(paused, 100 * day)?.text).toMatch(
    /is paused \(paused due to workflow failure\)\. Resume it: switchback drill schedule resume drill\/drills\/split/,
  );
});
