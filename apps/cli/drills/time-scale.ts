import { InvalidArgumentError } from 'commander';

/** A window of half an hour takes half a minute. */
export const defaultTimeScale = 0.02;

/** What `--time-scale` takes. */
export function timeScale(value: string): number {
  const scale = Number(value);
  if (scale > 0 && scale <= 1) return scale;
  throw new InvalidArgumentError('Use a number above 0 and at most 1.');
}
