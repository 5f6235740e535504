import type { Client } from '@temporalio/client';
import type { Calls } from './calls.js';

/** A server of Temporal that answered, as the parts of the client share it. */
export interface Connected {
  readonly client: Client;
  readonly calls: Calls;
  /** The server, for messages. */
  readonly name: string;
}

/** Milliseconds that a call of the server may take. */
export const answerWithin = 5_000;
/** Milliseconds between two looks at what is awaited. */
export const lookEvery = 300;
