import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedLine, parseExposition } from '../../../activities/metrics/exposition.js';

const parsed = (text: string) =>
  parseExposition(text).samples.map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);

describe('the text format', () => {
  it('is read as its specification shows it', () => {
    const text = `
# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045
`;
    expect(parsed(text)).toEqual([
      ['http_requests_total', { method: 'post', code: '200' }, 1027],
      ['http_requests_total', { method: 'post', code: '400' }, 3],
      [
        'msdos_file_access_time_seconds',
        { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
        1.458255915e9,
      ],
      ['metric_without_timestamp_and_labels', {}, 12.47],
      ['something_weird', { problem: 'division by zero' }, Infinity],
    ]);
    expect(parseExposition(text).types).toEqual(new Map([['http_requests_total', 'counter']]));
  });

  it('may have tabs, a last comma, carriage returns, and braces in a value', () => {
    expect(parsed('a{b="}{,=\\"",}\t1\r\nc { d = "e" } NaN\r\nf{} -Inf')).toEqual([
      ['a', { b: '}{,="' }, 1],
      ['c', { d: 'e' }, NaN],
      ['f', {}, -Infinity],
    ]);
  });

  it.each([
    ['1a 2', 'line 1: a metric name is expected at column 1'],
    ['ok 1\na{b="c} 1', 'line 2: the value of label b does not end'],
    ['a{b=c} 1', 'line 1: the value of label b is not in quotes'],
    ['a{b} 1', 'line 1: label b has no "="'],
    ['a{b="c" d="e"} 1', 'line 1: after label b comes neither "," nor "}"'],
    ['a{b="c",b="d"} 1', 'line 1: label b stands twice'],
    ['a', 'line 1: its value is not a number'],
    ['a 0x10', 'line 1: its value is not a number'],
    ['a one', 'line 1: its value is not a number'],
    ['a 1 2.5', 'line 1: its timestamp is not one in milliseconds'],
    ['a 1 2 3', 'line 1: there is more than a value and a timestamp'],
  ])('refuses %j', (text, message) => {
    expect(() => parseExposition(text)).toThrow(new MalformedLine(1, '').constructor);
    expect(() => parseExposition(text)).toThrow(new MalformedLine(Number(message[5]), message.slice(8)));
  });

  it('has the times that samples bear', () => {
    expect(parseExposition('a 1 1700000000123\nb 2').samples).toMatchObject([{ at: 1_700_000_000_123 }, {}]);
    const open = parseExposition('a 1 1700000000.123 # {trace="x"} 1 1.5\n# EOF\n', { openMetrics: true });
    expect(open.samples).toMatchObject([{ value: 1, at: 1_700_000_000_123 }]);
  });

  it('reads only what is wanted, but finds every line that is none', () => {
    const text = 'a{b="c # } 1"} 1\nother{x="}"} 2 3\nother 2\n';
    const { samples, names } = parseExposition(text, { wanted: new Set(['a']) });
    expect(samples.map(({ name }) => name)).toEqual(['a']);
    expect(names).toEqual(new Set(['a', 'other']));
    expect(() => parseExposition('Welcome to the shop\n', { wanted: new Set(['a']) })).toThrow(MalformedLine);
  });

  it('says by which metric it may have been cut off', () => {
    expect(parseExposition('a 1\nb{c="d"} 12').cutOff).toBe('b');
    expect(parseExposition('a 1\nb 12\n')).not.toHaveProperty('cutOff');
    expect(parseExposition('a 1\n# EOF')).not.toHaveProperty('cutOff');
    expect(() => parseExposition('a 1\n', { openMetrics: true })).toThrow(
      /"# EOF" is missing: it was cut off/,
    );
  });

  it('gives back every label value and every number that was written', () => {
    const escape = (value: string) => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
    // A carriage return ends a line for us, not for the format; nobody has one in a label.
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\r'));
    fc.assert(
      fc.property(text, fc.double(), (value, number) => {
        const written = Number.isFinite(number)
          ? String(number)
          : number > 0
            ? '+Inf'
            : number < 0
              ? '-Inf'
              : 'NaN';
        const [sample] = parseExposition(`a{b="${escape(value)}",c="d"} ${written}`).samples;
        expect(sample?.labels.get('b')).toBe(value);
        expect(sample?.value).toBe(Object.is(number, -0) ? 0 : number);
      }),
    );
  });
});
