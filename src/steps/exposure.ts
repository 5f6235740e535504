import { milliseconds, type Act, type Duration, type ReversibleUndo } from '../engine/index.js';

export interface ExposeOptions {
  /** Percent of the flag's audience that gets the candidate, 0 to 100; whoever has it keeps it as it rises. */
  readonly percent: number;
  /** The flag store's name in the configuration. */
  readonly store?: string;
  readonly candidate?: string;
  readonly baseline?: string;
  /**
   * How long the application may take until it serves the candidate to nobody after the flag went back: the poll interval
   * of its flag provider plus its longest request. What the candidate needs is taken away only then.
   */
  readonly drain?: Duration;
}

/**
 * Gives the candidate to a part of a flag's audience. Undone by putting the flag back as it was, in one hop.
 *
 * @example
 * expose('split-name', { percent: 5, drain: '15s' });
 */
export function expose(flag: string, options: ExposeOptions): Act<ReversibleUndo> {
  const { percent, store = 'flags', candidate = 'on', baseline = 'off', drain = '10s' } = options;
  return {
    type: 'act',
    id: `expose/${flag}/${percent}`,
    why: `${percent} % get the candidate.`,
    verify: `the flag gives ${candidate} to ${percent} %`,
    target: `flag:${flag}`,
    exposure: { percent, drain: milliseconds(drain) },
    do: { kind: 'flags.expose', input: { store, flag, percent, candidate, baseline } },
    undo: { type: 'restore' },
  };
}
