import { InvalidArgumentError, Option } from 'commander';
import { milliseconds, type Duration } from '../../src/engine/base/duration.js';

/** An option that takes a length of time; the command gets milliseconds. */
export function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(duration);
}

function duration(value: string): number {
  try {
    return milliseconds(value as Duration);
  } catch {
    throw new InvalidArgumentError('Write a positive number and ms, s, m, h or d, such as 30m.');
  }
}
