/** Somebody decides for somebody else, for a while. */
export interface Delegation {
  readonly from: string;
  readonly to: string;
  /** Names of gates, or `*`. */
  readonly gates: readonly string[];
  /** Unix ms. */
  readonly since: number;
  /** Unix ms. */
  readonly until: number;
  readonly reason: string;
}

/** Who delegated to somebody, as of a moment, and which gates. Never chained: whom they answer for is not passed on. */
export function delegatedTo(
  delegations: readonly Delegation[],
  name: string,
  at: number,
): readonly Pick<Delegation, 'from' | 'gates'>[] {
  return delegations
    .filter(({ to, since, until }) => to === name && since <= at && at < until)
    .map(({ from, gates }) => ({ from, gates }));
}
