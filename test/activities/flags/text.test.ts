import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFlag, readDocument } from '../../../activities/flags/document.js';
import { withTargeting } from '../../../activities/flags/edit.js';
import { locateJson, type JsonNode } from '../../../activities/files/json-text.js';
import { exposureTargeting } from '../../../activities/flags/targeting.js';

const arms = { candidate: 'on', baseline: 'off' };

function valueOf(text: string, node: JsonNode): unknown {
  if (node.kind === 'array') return node.items.map((item) => valueOf(text, item));
  if (node.kind === 'scalar') return JSON.parse(text.slice(node.start, node.end));
  return Object.fromEntries(node.members.map(({ key, value }) => [key, valueOf(text, value)]));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function edit(text: string, percent: number | undefined, flag = 'split-name'): string {
  const document = readDocument('flags.json', text);
  const targeting = percent === undefined ? undefined : exposureTargeting(arms, percent);
  return withTargeting(document, findFlag(document, flag)!, targeting);
}

describe('places in a JSON text', () => {
  it('are those of the values that JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = ` ${JSON.stringify(value, null, indent)}\n`;
        expect(valueOf(text, locateJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('are found in exactly the texts that are JSON', () => {
    const text = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', ']', '1', '-', 'x', '\\', '\n', ':', ' ', '.', 'e'),
      )
      .map(([json, at, char]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + char + json.slice(place + 1);
      });
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (text) => {
        const accepts = () => locateJson(text);
        if (isJson(text)) expect(accepts).not.toThrow();
        else expect(accepts).toThrow(/not JSON at offset \d+/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('an edit of a flag file', () => {
  const flag = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  const members = fc.dictionary(
    fc.string().filter((key) => !['targeting', 'flags', 'split-name', '__proto__'].includes(key)),
    fc.jsonValue(),
  );
  const files = fc
    .tuple(members, members, members, fc.constantFrom(undefined, 2, 4, '\t'), fc.boolean())
    .map(([around, beside, within, indent, crlf]) => {
      const flags = { ...beside, 'split-name': { ...flag, ...within, variants: flag.variants } };
      const text = JSON.stringify({ ...around, flags }, null, indent);
      return crlf ? text.replaceAll('\n', '\r\n') : text;
    });
  const percent = fc.integer({ min: 0, max: 100 });

  it('changes the targeting and not one other byte', () => {
    fc.assert(
      fc.property(files, percent, percent, (text, first, second) => {
        const once = edit(text, first);
        const expected = JSON.parse(text) as { flags: { 'split-name': object } };
        Object.assign(expected.flags['split-name'], { targeting: exposureTargeting(arms, first) });
        expect(JSON.parse(once)).toEqual(expected);
        expect(edit(edit(once, second), first)).toBe(once);
        expect(edit(once, undefined)).toBe(text);
      }),
    );
  });

  it('writes as its neighbours are written', () => {
    const text = '{\n\t"flags": {\n\t\t"split-name": {\n\t\t\t"variants": {}\n\t\t}\n\t}\n}\n';
    expect(edit(text, 5)).toContain('\n\t\t\t"targeting": {\n\t\t\t\t"fractional": [');
  });

  it('changes only the numbers of a rule that a team formatted itself', () => {
    const rule =
      '{"fractional":[ {"cat":[{"var":"$flagd.flagKey"},{"var":"targetingKey"}]}, ["on",  5], ["off",95] ]}';
    const text = `{"flags":{"split-name":{"targeting" : ${rule}, "variants":{}}}}`;
    expect(edit(text, 25)).toBe(text.replace('5]', '25]').replace('["off",95]', '["off",75]'));
    expect(edit(text, undefined)).toBe('{"flags":{"split-name":{"variants":{}}}}');
  });

  it.each([
    ['', /line 1, column 1: is not JSON: found the end of the file; .*the file is empty/],
    ['<!DOCTYPE html>\n<html>', /line 1, column 1.*looks like HTML/],
    ['{\n  "flags": {\n    "a": {},\n  }\n}', /line 4, column 3.*without comments or trailing commas/],
    ['\ufeff{"flags":{}}', /byte order mark/],
    ['[]', /has no object "flags"/],
    ['{"flags":[]}', /has no object "flags"/],
    ['{"flags":{},"flags":{}}', /has "flags" 2 times/],
  ])('of %j is refused with the place and the fix', (text, message) => {
    expect(() => readDocument('flags.json', text)).toThrow(message);
  });

  it('of a flag with two targetings is refused: taking one away would bring the other to light', () => {
    const text = '{"flags":{"split-name":{"variants":{},"targeting":{},"targeting":{}}}}';
    expect(() => edit(text, 5)).toThrow(/has "targeting" 2 times; keep one/);
  });
});
