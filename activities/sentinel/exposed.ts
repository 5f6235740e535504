/** A rollout with people exposed, as far as a worker knows it without Temporal. */
export interface Exposed {
  readonly rollout: string;
  readonly percent: number;
  /** How its guards stand, when this process watches them. */
  readonly guards?: string;
  /** Whether one of them fails. */
  readonly fails?: boolean;
  /** How it is taken back by hand, a line for each target. */
  readonly byHand: readonly string[];
}

const mostListed = 20;

/** Rollouts with their exposure, in words. */
export function listed(exposed: readonly Exposed[]): string {
  const shown = exposed.slice(0, mostListed).map(({ rollout, percent, guards }) => {
    return `${rollout} ${percent} %${guards === undefined ? '' : ` (${guards})`}`;
  });
  const more = exposed.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
