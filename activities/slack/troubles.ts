/** How a rollout has a trouble. */
export type Suffers = 'holds' | 'rolls-back' | 'over';

/** A rollout that has a trouble which others may have, too. */
export interface Afflicted {
  readonly rollout: string;
  readonly how: Suffers;
  /** In words: why, or how it went on. */
  readonly text: string;
  /** Who is to hear of it: a group. */
  readonly owner?: string;
  /** Percent of users that may have the candidate. */
  readonly exposure?: number;
  /** Since when, in Unix ms. */
  readonly at: number;
}

/** What several rollouts have in common, so that people hear of it once. For all processes the same. */
export interface TroubleStore {
  /** A rollout has the trouble that goes on for this cause, or is the first of a new one; answers which. */
  join(cause: string, member: Afflicted): Promise<string>;
  /** It is otherwise now with one that is in it. */
  change(trouble: string, member: Afflicted): Promise<void>;
  /** The troubles that a rollout still has, with what was said of it last. */
  of(rollout: string): Promise<readonly { readonly trouble: string; readonly member: Afflicted }[]>;
  /** All that have or had it, the first one first. */
  members(trouble: string): Promise<readonly Afflicted[]>;
}
