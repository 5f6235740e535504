import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCalendar } from '../../../activities/calendar/read-calendar.js';

const at = (text: string) => Date.parse(text);
const range = { from: at('2026-01-01T00:00:00Z'), to: at('2027-02-01T00:00:00Z') };

/** A calendar of events, each as the lines between BEGIN and END. */
function calendar(events: readonly string[], more = ''): string {
  const all = events.map((event) => `BEGIN:VEVENT\nUID:1\nSUMMARY:freeze\n${event}\nEND:VEVENT\n`);
  const text = `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n${more}${all.join('')}END:VCALENDAR\n`;
  return text.replaceAll('\n', '\r\n');
}

function spans(events: string | readonly string[], zone = 'Europe/Zurich', more = ''): string[] {
  const text = calendar(typeof events === 'string' ? [events] : events, more);
  return readCalendar(text, zone, range)
    .sort((a, b) => a.from - b.from)
    .map(({ from, to }) => `${new Date(from).toISOString()}/${new Date(to).toISOString()}`);
}

const zurich = (start: string, end: string, more = '') =>
  `DTSTART;TZID=Europe/Zurich:${start}\nDTEND;TZID=Europe/Zurich:${end}${more}`;

describe('a time is read in its zone', () => {
  it.each([
    [
      'in UTC',
      'DTSTART:20260301T100000Z\nDTEND:20260301T110000Z',
      '2026-03-01T10:00:00.000Z/2026-03-01T11:00:00.000Z',
    ],
    [
      'in winter',
      zurich('20260301T100000', '20260301T110000'),
      '2026-03-01T09:00:00.000Z/2026-03-01T10:00:00.000Z',
    ],
    [
      'in summer',
      zurich('20260701T100000', '20260701T110000'),
      '2026-07-01T08:00:00.000Z/2026-07-01T09:00:00.000Z',
    ],
    // 29 March 2026: 02:00 to 03:00 is skipped in Zurich, so that 02:30 is 03:30.
    [
      'that is skipped',
      zurich('20260329T023000', '20260329T040000'),
      '2026-03-29T01:30:00.000Z/2026-03-29T02:00:00.000Z',
    ],
    // 25 October 2026: 02:00 to 03:00 comes twice, and the first counts; by the clock it ends an hour later than by time elapsed.
    [
      'that comes twice',
      zurich('20261025T023000', '20261025T033000'),
      '2026-10-25T00:30:00.000Z/2026-10-25T02:30:00.000Z',
    ],
    [
      'of New York, which changes on other days',
      'DTSTART;TZID=America/New_York:20260329T023000\nDTEND;TZID=America/New_York:20260329T033000',
      '2026-03-29T06:30:00.000Z/2026-03-29T07:30:00.000Z',
    ],
    [
      'of New York, before it changes in autumn',
      'DTSTART;TZID=America/New_York:20261025T023000\nDURATION:PT1H',
      '2026-10-25T06:30:00.000Z/2026-10-25T07:30:00.000Z',
    ],
  ])('%s', (_what, event, span) => {
    expect(spans(event)).toEqual([span]);
  });

  it('of a zone that only the file knows', () => {
    const part = (name: string, start: string, from: string, to: string, rule: string) =>
      `BEGIN:${name}\nDTSTART:${start}\nTZOFFSETFROM:${from}\nTZOFFSETTO:${to}\nRRULE:${rule}\nEND:${name}\n`;
    const zone = `BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\n${part('STANDARD', '16010101T030000', '+0200', '+0100', 'FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10')}${part('DAYLIGHT', '16010101T020000', '+0100', '+0200', 'FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3')}END:VTIMEZONE\n`;
    const event = (day: string) =>
      `DTSTART;TZID=W. Europe Standard Time:${day}T100000\nDTEND;TZID=W. Europe Standard Time:${day}T110000`;
    expect(spans([event('20260301'), event('20260701')], 'Europe/Zurich', zone)).toEqual([
      '2026-03-01T09:00:00.000Z/2026-03-01T10:00:00.000Z',
      '2026-07-01T08:00:00.000Z/2026-07-01T09:00:00.000Z',
    ]);
  });

  it('a day in the zone that the environment names, also one of 23 or 25 hours', () => {
    const day = (first: string, end: string) => `DTSTART;VALUE=DATE:${first}\nDTEND;VALUE=DATE:${end}`;
    expect(spans(day('20260329', '20260330'))).toEqual(['2026-03-28T23:00:00.000Z/2026-03-29T22:00:00.000Z']);
    expect(spans(day('20261025', '20261026'))).toEqual(['2026-10-24T22:00:00.000Z/2026-10-25T23:00:00.000Z']);
    expect(spans(day('20260308', '20260309'), 'America/New_York')).toEqual([
      '2026-03-08T05:00:00.000Z/2026-03-09T04:00:00.000Z',
    ]);
    expect(spans('DTSTART;VALUE=DATE:20261224')).toEqual([
      '2026-12-23T23:00:00.000Z/2026-12-24T23:00:00.000Z',
    ]);
  });
});

describe('what comes again', () => {
  const weekend = zurich('20260306T180000', '20260309T080000', '\nRRULE:FREQ=WEEKLY;COUNT=5');

  it('keeps the time of the clock over a change, and lasts to whichever end is later', () => {
    expect(spans(weekend)).toEqual([
      '2026-03-06T17:00:00.000Z/2026-03-09T07:00:00.000Z',
      '2026-03-13T17:00:00.000Z/2026-03-16T07:00:00.000Z',
      '2026-03-20T17:00:00.000Z/2026-03-23T07:00:00.000Z',
      '2026-03-27T17:00:00.000Z/2026-03-30T07:00:00.000Z',
      '2026-04-03T16:00:00.000Z/2026-04-06T06:00:00.000Z',
    ]);
  });

  it('leaves out what is taken out, in whatever zone that is written', () => {
    const excluded = [
      'EXDATE:20260313T170000Z',
      'EXDATE;TZID=Europe/Zurich:20260320T180000',
      'EXDATE;VALUE=DATE:20260327',
    ];
    expect(spans(`${weekend}\n${excluded.join('\n')}`)).toEqual([
      '2026-03-06T17:00:00.000Z/2026-03-09T07:00:00.000Z',
      '2026-04-03T16:00:00.000Z/2026-04-06T06:00:00.000Z',
    ]);
    // The same figures on another clock are another moment.
    expect(spans(`${weekend}\nEXDATE:20260313T180000Z`)).toHaveLength(5);
  });

  it('ends with the moment that it names, which still counts', () => {
    const until = (end: string) =>
      spans(zurich('20260701T100000', '20260701T110000', `\nRRULE:FREQ=DAILY;UNTIL=${end}`));
    expect(until('20260703T080000Z')).toHaveLength(3);
    expect(until('20260703T075959Z')).toHaveLength(2);
    expect(until('20260703')).toHaveLength(3);
  });

  it('moves or loses a single one that the calendar says of itself', () => {
    const moved = `RECURRENCE-ID;TZID=Europe/Zurich:20260313T180000\n${zurich('20260314T000000', '20260314T010000')}`;
    const cancelled = `STATUS:CANCELLED\nRECURRENCE-ID:20260320T170000Z\n${zurich('20260320T180000', '20260323T080000')}`;
    expect(spans([weekend, moved, cancelled])).toEqual([
      '2026-03-06T17:00:00.000Z/2026-03-09T07:00:00.000Z',
      '2026-03-13T23:00:00.000Z/2026-03-14T00:00:00.000Z',
      '2026-03-27T17:00:00.000Z/2026-03-30T07:00:00.000Z',
      '2026-04-03T16:00:00.000Z/2026-04-06T06:00:00.000Z',
    ]);
  });

  it('has single dates, too', () => {
    expect(spans('DTSTART;VALUE=DATE:20260101\nRDATE;VALUE=DATE:20260501,20260801')).toHaveLength(3);
  });

  it('goes on without an end as far as somebody looks', () => {
    expect(spans('DTSTART;VALUE=DATE:20200106\nRRULE:FREQ=WEEKLY').length).toBeGreaterThan(50);
  });
});

describe('what cannot be read for certain is refused', () => {
  it.each([
    [
      'a floating time',
      'DTSTART:20260301T100000\nDTEND:20260301T110000',
      /DTSTART .* is in no time zone; write it with TZID/,
    ],
    [
      'a zone that nobody knows',
      'DTSTART;TZID=Mars/Olympus:20260301T100000\nDURATION:PT1H',
      /time zone Mars\/Olympus: is unknown/,
    ],
    [
      'an end before the beginning',
      zurich('20260301T100000', '20260301T090000'),
      /DTEND .* is not after DTSTART/,
    ],
    [
      'an end of another kind',
      'DTSTART;VALUE=DATE:20260301\nDTEND:20260302T100000Z',
      /is not of the same kind/,
    ],
    ['no length', 'DTSTART:20260301T100000Z', /takes no time/],
    [
      'a change of all that follow',
      `RECURRENCE-ID;RANGE=THISANDFUTURE:20260301T100000Z\nDTSTART:20260301T100000Z\nDURATION:PT1H`,
      /replaces all that follow/,
    ],
    [
      'more occurrences than anybody meant',
      'DTSTART:20200301T100000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY',
      /too many/,
    ],
  ])('%s', (_what, event, why) => {
    expect(() => spans(event)).toThrow(why);
  });

  it.each([
    '',
    'BEGIN:VCALENDAR',
    '<html>not found</html>',
    'BEGIN:VCARD\r\nEND:VCARD',
    calendar(['']),
    calendar(['DTSTART:soon']),
  ])('no calendar: %j', (text) => {
    expect(() => readCalendar(text, 'Europe/Zurich', range)).toThrow();
  });

  it('whatever is cut off or changed, it answers or throws, and does not hang (300 runs)', () => {
    const whole = calendar([zurich('20260306T180000', '20260309T080000', '\nRRULE:FREQ=WEEKLY;COUNT=5')]);
    fc.assert(
      fc.property(fc.nat(whole.length), fc.string({ maxLength: 5 }), (place, text) => {
        const broken = whole.slice(0, place) + text + whole.slice(place + text.length);
        try {
          expect(Array.isArray(readCalendar(broken, 'Europe/Zurich', range))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 300 },
    );
  });
});
