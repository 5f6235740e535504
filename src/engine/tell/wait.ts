/** What a rollout waits for. Times in milliseconds since the epoch. */
export interface Wait {
  /** The one thing it waits for. */
  readonly waitingFor: string;
  readonly since: number;
  /** What ends the wait. */
  readonly clears: string;
  /** Groups that may decide now; empty when nobody is asked. */
  readonly who: readonly string[];
  readonly next: string;
  /** When `next` comes at the latest by itself. */
  readonly nextAt?: number;
}
