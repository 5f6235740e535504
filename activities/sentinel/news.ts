import type { GuardReading } from '../../src/engine/state/values.js';

/**
 * Whether a rollout has to hear a reading, after what it was told of the guard before: another verdict, other blind
 * spots, or, after `patience` milliseconds, another reason. Without that it would tell people why a hold began when
 * they ask why it lasts.
 */
export function isNews(reading: GuardReading, told: GuardReading | undefined, patience: number): boolean {
  if (told?.verdict !== reading.verdict) return true;
  if ((told.blindSpots ?? []).join('\n') !== (reading.blindSpots ?? []).join('\n')) return true;
  return reading.reason !== told.reason && reading.at - told.at >= patience;
}
