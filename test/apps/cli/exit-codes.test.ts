import { expect, it } from 'vitest';
import { exitCodeOf } from '../../../apps/cli/exit-codes.js';
import type { Outcome } from '../../../src/engine/state/state.js';

const ended = (type: Outcome['type'], more: Partial<Outcome> = {}): Outcome => ({
  type,
  reason: 'tested',
  ...more,
});

it('what a rollout was started for is done, all else is not', () => {
  expect(exitCodeOf(ended('completed'))).toBe(0);
  expect(exitCodeOf(ended('rolled-back'))).toBe(5);
  expect(exitCodeOf(ended('halted'))).toBe(5);
  expect(exitCodeOf(ended('refused'))).toBe(3);
});

it('one that takes another back is done when it has, and somebody saw that it works', () => {
  expect(exitCodeOf(ended('rolled-back'), 'rolled-back')).toBe(0);
  expect(exitCodeOf(ended('rolled-back', { unconfirmed: true }), 'rolled-back')).toBe(5);
  expect(exitCodeOf(ended('halted'), 'rolled-back')).toBe(5);
  expect(exitCodeOf(ended('refused'), 'rolled-back')).toBe(3);
});
