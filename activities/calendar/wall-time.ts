/** A time as a clock on a wall shows it, in no zone yet. */
export interface WallTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Finds the moment at which a clock shows a time, in Unix ms. */
export type Zone = (time: WallTime) => number;

const dayMs = 86_400_000;

/** The clock of UTC. */
export const utc: Zone = ({ year, month, day, hour, minute, second }) =>
  Date.UTC(year, month - 1, day, hour, minute, second);

/** The clock of a named zone, such as `Europe/Zurich`; undefined when nobody knows that name. */
export function zoneNamed(name: string): Zone | undefined {
  const format = formatOf(name);
  return format && zoneOf((at) => offsetAt(format, at));
}

/**
 * A zone by its offset from UTC at each moment, in milliseconds. What a clock shows twice, when it is put back, is the
 * first of the two; what it skips, when it is put forward, is read by the offset before (RFC 5545, 3.3.5).
 */
function zoneOf(offset: (at: number) => number): Zone {
  return (time) => {
    const shown = utc(time);
    const before = offset(shown - dayMs);
    const possible = [before, offset(shown + dayMs)].map((one) => shown - one);
    const real = possible.filter((at) => at + offset(at) === shown);
    return real.length > 0 ? Math.min(...real) : shown - before;
  };
}

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  // An offset is no zone: it would be wrong in half of the year.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}

function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(at / 1_000) * 1_000;
}
