import { describe, expect, it } from 'vitest';
import { AlreadyTold } from '../../../activities/sentinel/already-told.js';
import type { Shift } from '../../../src/protocol/sentinel.js';
import type { Watched } from '../../../src/protocol/subscriptions.js';

const subscriber = (over: Partial<Watched> = {}): Watched => {
  return {
    rollout: 'a',
    workflowId: 'a',
    number: 1,
    percent: 5,
    since: 7,
    guards: [],
    recorded: {},
    ...over,
  };
};
const pass = {
  subscription: 1,
  readings: [{ guard: 'errors', verdict: 'pass', at: 1, reason: '' }],
} as const;
const shift = (number: number, chain = 'c'): Shift => ({ chain, number });
const known = { readings: new Map([['errors', pass.readings[0]]]), looks: new Map() };

function given(): AlreadyTold {
  const told = new AlreadyTold();
  told.begin(shift(1), 1);
  told.keep(subscriber(), pass);
  return told;
}

describe('what rollouts were told', () => {
  it('is known to the shift that follows at once', () => {
    const told = given();
    told.end(shift(1), [subscriber()]);
    told.begin(shift(2), 1);
    expect(told.of(subscriber())).toEqual(known);
    expect(told.of(subscriber({ number: 2 }))).toBeUndefined();
    expect(told.of(subscriber({ since: 8 }))).toBeUndefined();
  });

  it.each<[string, Shift, number]>([
    ['they were told in between that nobody watches', shift(3), 1],
    ['another attempt may have told them more', shift(2), 2],
    ['the sentinel was ended, and says blind then', shift(2, 'another'), 1],
  ])('is not known when %s', (_, next, attempt) => {
    const told = given();
    told.end(shift(1), [subscriber()]);
    told.begin(next, attempt);
    expect(told.of(subscriber())).toBeUndefined();
  });

  it('is not known when the shift did not end in order, nor of a signal whose answer is lost', () => {
    const cut = given();
    cut.begin(shift(2), 1);
    expect(cut.of(subscriber())).toBeUndefined();
    const lost = given();
    lost.forget(subscriber());
    lost.end(shift(1), [subscriber()]);
    lost.begin(shift(2), 1);
    expect(lost.of(subscriber())).toBeUndefined();
  });

  it('is forgotten with those who left', () => {
    const told = given();
    told.end(shift(1), []);
    told.begin(shift(2), 1);
    expect(told.of(subscriber())).toBeUndefined();
  });
});
