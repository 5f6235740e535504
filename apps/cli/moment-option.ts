import { InvalidArgumentError, Option } from 'commander';

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** An option that takes a moment; the command gets Unix ms. Without a zone nobody knows which moment is meant. */
export function momentOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(moment);
}

function moment(value: string): number {
  const at = iso.test(value) ? Date.parse(value) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('Write it with its zone, such as 2026-12-08T00:00:00Z.');
}
