/** Somebody as the environment's directory knows them at the moment of a decision. */
export interface Known {
  readonly name: string;
  readonly groups: readonly string[];
  /** Absent in a local environment, which knows no more than names. */
  readonly kind?: 'person' | 'service';
  /** The person who answers for a service; the same as the name when absent. */
  readonly person?: string;
}

/** Somebody for whom another may answer gates, now. Never chained. */
export interface Delegator extends Known {
  /** Names of gates, or `*`. */
  readonly gates: readonly string[];
}

/** An approval as it counts. */
export interface Approved {
  readonly by: string;
  readonly at: number;
  /** Whose approval it is, when somebody else gave it for them. */
  readonly onBehalfOf?: string;
  /** The people who are used up by it: none of them counts a second time. Whoever gave it when absent. */
  readonly people?: readonly string[];
}

/** The person behind somebody: different people are told apart by it, never by their names. */
export function personBehind({ name, person }: Known): string {
  return person ?? name;
}

/** Who has approved already, whatever name they did it under. */
export function peopleIn(approvals: readonly Pick<Approved, 'by' | 'people'>[]): string[] {
  return approvals.flatMap(({ by, people }) => people ?? [by]);
}

/** In words: who gave it, and for whom. */
export function approvedBy({ by, onBehalfOf }: Pick<Approved, 'by' | 'onBehalfOf'>): string {
  return onBehalfOf === undefined ? by : `${by} for ${onBehalfOf}`;
}
