import { Refusal } from './errors.js';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as people write it: a positive number and a unit, for example `90s`, `30m`, `24h`, `7d`. */
export type Duration = `${number}${keyof typeof unitMs}`;

const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Milliseconds of a duration. Throws `Refusal` when it is not one. */
export function milliseconds(duration: Duration): number {
  const match = pattern.exec(duration);
  const ms = match ? Math.round(Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]) : 0;
  if (ms < 1 || !Number.isSafeInteger(ms)) {
    throw new Refusal(
      `"${duration}"`,
      'is not a duration of a millisecond or more',
      'write a positive number and ms, s, m, h or d, such as 30m',
    );
  }
  return ms;
}

/** The shortest usual writing of a length of time in milliseconds: `1.5s`, `30m`, `7d`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${trim(ms / 1_000)}s`;
  if (ms < 3_600_000) return join(ms, 60_000, 'm', 1_000, 's');
  if (ms < 86_400_000) return join(ms, 3_600_000, 'h', 60_000, 'm');
  return join(ms, 86_400_000, 'd', 3_600_000, 'h');
}

function join(ms: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((ms % big) / small);
  return `${Math.floor(ms / big)}${bigUnit}${rest > 0 ? `${rest}${smallUnit}` : ''}`;
}

function trim(value: number): string {
  return String(Math.round(value * 10) / 10);
}
