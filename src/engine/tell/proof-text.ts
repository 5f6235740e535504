import { formatDuration } from '../base/duration.js';
import type { DrillProof } from '../state/values.js';

/**
 * What drills prove, in a line: `all of its points, drilled 3d ago, longest way back 4.2s`; with what is missing, where
 * something is.
 *
 * @param now in milliseconds since the epoch
 */
export function proofText({ proven, reason, coverage, drilledAt, worst }: DrillProof, now: number): string {
  const facts = [
    coverage === 1 ? 'all of its points' : `${percent(coverage)} of its points`,
    ...(drilledAt === undefined ? [] : [`drilled ${ageOf(now - drilledAt)} ago`]),
    ...(worst === undefined ? [] : [`longest way back ${formatDuration(worst)}`]),
  ].join(', ');
  return proven ? facts : `${facts}: ${reason}`;
}

/** A coverage of 0 to 1 in whole percent: 100 only where nothing is missing. */
export function percent(coverage: number): string {
  return `${Math.floor(coverage * 100 + 1e-9)} %`;
}

/** Whole seconds: nobody wants to know it better. */
function ageOf(ms: number): string {
  return ms < 1_000 ? 'a moment' : formatDuration(Math.floor(ms / 1_000) * 1_000);
}
