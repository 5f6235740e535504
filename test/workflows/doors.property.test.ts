import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/engine/base/json.js';
import { attempt, type Reader } from '../../src/engine/base/read.js';
import { doors } from '../../src/protocol/doors.js';
import { anything, examplesOf, messages, spoilt, type Addressed } from '../support/doors/hostile.js';

const readerOf = ({ type, kind, name }: Addressed) =>
  (doors[type][kind] as Record<string, Reader<unknown>>)[name]!;
const titled = messages.map((message) => ({ ...message, reader: readerOf(message) }));

describe.each(titled)('$kind $name of $type', ({ reader, ...message }) => {
  it('is read as it was sent, and what a newer sender has to add is left out', () => {
    for (const example of examplesOf(message)) {
      expect(reader(example, 'it')).toEqual(example);
      if (Array.isArray(example) || typeof example !== 'object') continue;
      expect(reader({ ...example, later: { deep: [] } }, 'it')).toEqual(example);
    }
  });

  it('is a message or a short reason why it is none, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(spoilt(message), anything), (given) => {
        const read = attempt(reader, given, message.name);
        if ('fault' in read) {
          expect(read.fault.length).toBeLessThan(500);
          expect(read.fault).toContain(message.name);
          return;
        }
        if (read.value === undefined) return;
        // What it became is a message, and nothing else: it says the same again, and carries nothing along.
        expect(reader(JSON.parse(JSON.stringify(read.value)), message.name)).toEqual(read.value);
        expect(bytesOf(read.value)).toBeLessThan(510_000);
        expect(({} as { polluted?: true }).polluted).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });
});
