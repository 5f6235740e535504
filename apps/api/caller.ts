import type { Proof } from '../../src/engine/state/messages.js';

/** Who asks, by what they showed, as the configuration knows them now. */
export interface Caller {
  readonly name: string;
  readonly kind: 'person' | 'service';
  readonly groups: readonly string[];
  readonly proof: Exclude<Proof, 'slack'>;
  /** The rights that a token is limited to; all of its principal's when absent. */
  readonly scopes?: readonly string[];
  /** When what they showed is worth nothing any more, in milliseconds since the epoch. */
  readonly expires?: number;
  /** The id of the token: what is counted, and what the log names. Never the token. */
  readonly token?: string;
}
