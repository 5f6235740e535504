import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineOf, verifyLines } from '../../../../activities/records/journal/line.js';
import { Refusal } from '../../../../src/engine/base/errors.js';
import { chainEntry, chainStart, type JournalEntry } from '../../../../src/engine/state/journal.js';

const rollout = 'rollout/local/split-customer-name/2026-11-23';

function chainOf(length: number, from = chainStart): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let number = 1; number <= length; number++) {
    const event = { number, at: number, type: 'act-done', reason: `reason ${number} – ünïcode` } as const;
    entries.push(chainEntry(rollout, event, entries.at(-1)?.hash ?? from));
  }
  return entries;
}

const fileOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const lines = chainOf(5).map(lineOf);
const edited = (line: string) => line.replace('reason 3', 'reason x');
const parse = (line: string) => JSON.parse(line) as JournalEntry;

it('a file alone says that its chain is whole', () => {
  const head = chainOf(5).at(-1)!.hash;
  expect(verifyLines('file', fileOf(lines))).toEqual({
    rollout,
    verification: { ok: true, entries: 5, head },
    read: chainOf(5),
  });
});

it.each<[string, readonly string[], number]>([
  ['an edited line', lines.with(2, edited(lines[2]!)), 3],
  ['a removed line', lines.toSpliced(2, 1), 3],
  ['a removed first line', lines.slice(1), 1],
  ['lines in another order', [lines[0]!, lines[2]!, lines[1]!], 2],
  ['a line twice', lines.toSpliced(2, 0, lines[1]!), 3],
  [
    'a line written with spaces',
    lines.with(1, JSON.stringify(parse(lines[1]!), null, 1).replaceAll('\n', ' ')),
    2,
  ],
  ['a line with one more member', lines.with(1, lines[1]!.replace('{"format":1', '{"x":1,"format":1')), 2],
  ['another format', lines.with(4, lines[4]!.replace('"format":1', '"format":2')), 5],
  ['an empty line', lines.toSpliced(3, 0, ''), 4],
])('finds %s', (_, changed, number) => {
  expect(verifyLines('file', fileOf(changed)).verification).toMatchObject({ ok: false, fault: { number } });
});

/** Not when it is refused either. */
function isWhole(text: string): boolean {
  try {
    return verifyLines('file', text).verification.ok;
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    return false;
  }
}

it('finds any single character that is changed, removed or added', () => {
  const whole = fileOf(lines);
  const place = fc.nat(whole.length - 1);
  fc.assert(
    fc.property(place, fc.string({ minLength: 1, maxLength: 1 }), fc.nat(2), (at, other, kind) => {
      const changed = whole.slice(0, at) + (kind === 1 ? '' : other) + whole.slice(kind === 2 ? at : at + 1);
      fc.pre(changed !== whole);
      expect(isWhole(changed)).toBe(false);
    }),
    { numRuns: 600 },
  );
});

it.each(['', '<html>\n', '{}\n'])('refuses %j as no journal at all', (text) => {
  expect(() => verifyLines('some.jsonl', text)).toThrow(/^some.jsonl: .*; name a file that/);
});
