import type { Outcome } from '../../src/engine/state/state.js';

/** What the exit code of every command means. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  refused: 3,
  unreachable: 4,
  notCompleted: 5,
  timeUp: 6,
  differs: 7,
  detached: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodesHelp = `Exit codes:
  0    done
  1    unexpected, or not answered
  2    usage: unknown command or option
  3    refused: the plan, the input or the right
  4    unreachable: Temporal or a worker
  5    rolled back or halted, when the end was awaited; of wait: it ended before that came; of revert and rescue: not taken back, or not confirmed; of doctor: something is broken; of notify test: a channel did not take it
  6    of wait: the time was up before it came
  7    of plan --against: the plans differ
  130  Ctrl-C: detached, and the rollout goes on; or nothing was started, as it says`;

/** The exit code of a command that awaited the end; `wanted` is what the rollout was started for. */
export function exitCodeOf(
  { type, unconfirmed }: Outcome,
  wanted: 'completed' | 'rolled-back' = 'completed',
): ExitCode {
  if (type === wanted && !unconfirmed) return exitCodes.done;
  return type === 'refused' ? exitCodes.refused : exitCodes.notCompleted;
}
