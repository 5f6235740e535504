import { formatDuration } from '../../base/duration.js';
import { Refusal } from '../../base/errors.js';
import { evidenceKept } from '../plan.js';
import { refuse, type Rule } from './rule.js';

const evidenceFits: Rule = ({ guards }) => {
  for (const { name, evidence } of guards) {
    if (evidence.maxAge < evidence.interval) {
      throw new Refusal(
        `guard ${name}`,
        'counts a sample as too old before the next is due',
        'raise maxAge above interval',
      );
    }
    if (evidence.lookBack < evidence.interval) {
      throw new Refusal(
        `guard ${name}`,
        'looks back less far than its interval',
        'raise lookBack to interval or more',
      );
    }
  }
};

const limitsCanBeBroken: Rule = ({ guards }) => {
  for (const { name, metric, criterion } of guards) {
    if (metric.type !== 'error-rate' || criterion.type !== 'absolute' || criterion.atMost < 1) continue;
    throw new Refusal(
      `guard ${name}`,
      'can never fail: not more than all requests can',
      'let atMost be below 1, which is every request',
    );
  }
};

const nothingPassesWithoutEvidence: Rule = ({ guards }) => {
  for (const { name, on } of guards) {
    const verdict = (['no-evidence', 'error'] as const).find((blind) => on[blind] === 'continue');
    if (verdict) {
      throw new Refusal(
        `guard ${name}`,
        `continues on ${verdict}, so that it would pass without evidence`,
        'let it hold, ask or roll-back',
      );
    }
  }
};

const evidenceLastsAsLong: Rule = ({ guards }, steps) => {
  const kept = formatDuration(evidenceKept);
  for (const placed of steps) {
    const { step } = placed;
    if (step.type !== 'watch' || guards.length === 0 || step.for <= evidenceKept) continue;
    refuse(
      placed,
      `watches for longer than the ${kept} for which evidence is kept`,
      `let it watch for ${kept} at most`,
    );
  }
};

/** What guards judge by is there as long as they judge, and its absence is never a pass. */
export const evidence: readonly Rule[] = [
  evidenceFits,
  limitsCanBeBroken,
  nothingPassesWithoutEvidence,
  evidenceLastsAsLong,
];
