import type { JsonObject } from '../../src/engine/base/json.js';
import type { Answer } from '../../src/engine/state/messages.js';

/** What became of a decision about the locks, with what was found out for it. */
export interface Admitted {
  readonly answer: Answer;
  readonly evidence?: JsonObject;
}

export function accept(reason: string, evidence?: JsonObject): Admitted {
  return { answer: { accepted: true, reason }, ...(evidence && { evidence }) };
}

export function refuse(reason: string, evidence?: JsonObject): Admitted {
  return { answer: { accepted: false, reason }, ...(evidence && { evidence }) };
}
