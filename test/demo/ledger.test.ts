import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Counters, type Observation } from '../../demo/load/counters.js';
import { Ledger, type WrittenName } from '../../demo/load/ledger.js';
import { nameMatches } from '../../demo/load/name-matches.js';
import { nameOf, splitFullName } from '../../demo/shop/names.js';

const maryAnn: WrittenName = { ...nameOf('Mary Ann', 'Smith'), arm: 'candidate' };
const jan: WrittenName = { ...nameOf('Jan', 'van Dijk'), arm: 'baseline' };

describe('the ledger', () => {
  test('keeps the last acknowledged name', () => {
    const ledger = new Ledger(10);
    ledger.renamed(3, jan);
    ledger.renamed(3, maryAnn);
    expect(ledger.record().names).toEqual({ 3: { last: maryAnn, maybe: [] } });
  });

  test('a doubtful rename allows the old name and the new, until the next is acknowledged', () => {
    const ledger = new Ledger(10);
    ledger.renamed(3, jan);
    ledger.renameInDoubt(3, maryAnn, 'answered');
    expect(ledger.record().names).toEqual({ 3: { last: jan, maybe: [maryAnn] } });
    expect(ledger.mayRename(3)).toBe(true);
    ledger.renamed(3, maryAnn);
    expect(ledger.record().names).toEqual({ 3: { last: maryAnn, maybe: [] } });
  });

  test('after a write that was never answered, the customer is not renamed again', () => {
    const ledger = new Ledger(10);
    ledger.renameInDoubt(3, maryAnn, 'silent');
    expect(ledger.mayRename(3)).toBe(false);
    expect(ledger.mayRename(4)).toBe(true);
    expect(ledger.record().names).toEqual({ 3: { last: null, maybe: [maryAnn] } });
  });

  test('its record is plain JSON and does not change afterwards', () => {
    const ledger = new Ledger(10);
    ledger.customerCreated(11, jan);
    ledger.orderPlaced({ id: 1, customerId: 11, totalCents: 500 });
    const record = ledger.record();
    const before = JSON.stringify(record);
    ledger.renameInDoubt(11, maryAnn, 'answered');
    expect(JSON.stringify(record)).toBe(before);
    expect(JSON.parse(before)).toEqual(record);
  });
});

describe('a row holds an acknowledged name', () => {
  const last = (name: WrittenName) => ({ last: name, maybe: [] });
  test.each([
    ['in the old column alone', maryAnn, { full_name: 'Mary Ann Smith' }, true],
    ['another in the old column', maryAnn, { full_name: 'Mary Smith' }, false],
    ['split as the candidate wrote it', maryAnn, { first_name: 'Mary Ann', last_name: 'Smith' }, true],
    [
      'split elsewhere than the candidate wrote it',
      maryAnn,
      { first_name: 'Mary', last_name: 'Ann Smith' },
      false,
    ],
    ['split anywhere, written by the baseline', jan, { first_name: 'Jan van', last_name: 'Dijk' }, true],
    [
      'right in one column and wrong in the other',
      jan,
      { full_name: 'Jan Dijk', first_name: 'Jan', last_name: 'van Dijk' },
      false,
    ],
    ['not backfilled yet', jan, { full_name: 'Jan van Dijk', first_name: null, last_name: null }, true],
    [
      'written by the candidate and parts gone',
      maryAnn,
      { full_name: 'Mary Ann Smith', first_name: null, last_name: null },
      false,
    ],
    ['parts empty and the old column gone', jan, { first_name: null, last_name: null }, false],
    ['half a name', jan, { full_name: 'Jan van Dijk', first_name: 'Jan', last_name: null }, false],
    ['no column at all', jan, {}, false],
  ])('%s', (_what, name, row, holds) => {
    expect(nameMatches(last(name), row)).toBe(holds);
  });

  test('in doubt, either name will do and a third will not', () => {
    const record = { last: jan, maybe: [maryAnn] };
    expect(nameMatches(record, { full_name: jan.full })).toBe(true);
    expect(nameMatches(record, { full_name: maryAnn.full })).toBe(true);
    expect(nameMatches(record, { full_name: 'Mary van Dijk' })).toBe(false);
  });

  test('in doubt with the old name unknown, some name must be there', () => {
    const record = { last: null, maybe: [maryAnn] };
    expect(nameMatches(record, { full_name: 'Anyone' })).toBe(true);
    expect(nameMatches(record, { full_name: '' })).toBe(false);
    expect(nameMatches(record, {})).toBe(false);
  });

  test('splitting a full name loses no text', () => {
    const word = fc.stringMatching(/^[A-Z][a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (parts) => {
        const { given, family, full } = splitFullName(parts.join(' '));
        expect(nameOf(given, family).full).toBe(full);
      }),
    );
  });
});

describe('the counters', () => {
  const ok: Observation = {
    at: 5_100,
    tookMs: 3,
    route: 'read',
    arm: 'baseline',
    status: 200,
    candidateFault: false,
    body: '{}',
  };
  const fault: Observation = { ...ok, at: 6_200, arm: 'candidate', status: 500, candidateFault: true };
  const failure: Observation = { ...ok, at: 7_300, arm: null, status: null, body: 'no answer' };

  test('tell served, failed and candidate faults apart, by arm and by second', () => {
    const counters = new Counters(5_000);
    for (const observation of [ok, ok, fault, failure, { ...ok, status: 404 }]) counters.observe(observation);
    counters.skip(2);
    const stats = counters.stats(8_000, 1);
    expect(stats).toMatchObject({ served: 2, failed: 2, candidateFailed: 1, skipped: 2, inFlight: 1 });
    expect(stats.byArm).toEqual({
      baseline: { served: 2, failed: 1, candidateFailed: 0 },
      candidate: { served: 0, failed: 0, candidateFailed: 1 },
      none: { served: 0, failed: 1, candidateFailed: 0 },
    });
    expect(stats.bySecond).toEqual([
      { second: 5, baseline: 3, candidate: 0, failed: 1, candidateFailed: 0 },
      { second: 6, baseline: 0, candidate: 1, failed: 0, candidateFailed: 1 },
      { second: 7, baseline: 0, candidate: 0, failed: 1, candidateFailed: 0 },
    ]);
    expect(stats.lastCandidateAnswerAt).toBe(6_200);
    expect(stats.failures.map(({ status }) => status)).toEqual([null, 404]);
  });

  test('keep the first failures only', () => {
    const counters = new Counters(0);
    for (let at = 0; at < 50; at += 1) counters.observe({ ...failure, at, body: 'x'.repeat(5_000) });
    const { failures, failed } = counters.stats(50, 0);
    expect(failed).toBe(50);
    expect(failures.length).toBeLessThan(20);
    expect(failures[0]?.at).toBe(0);
    expect(failures[0]?.body.length).toBeLessThan(1_000);
  });
});
