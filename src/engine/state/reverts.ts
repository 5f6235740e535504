/** The ended rollout whose effects another one takes back: a completed one is reverted, any other rescued. */
export interface Reverts {
  readonly rollout: string;
  readonly kind: 'revert' | 'rescue';
  readonly by: string;
  readonly reason: string;
}
