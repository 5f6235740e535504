import type { Answer } from '../state/messages.js';

/** What happens next. */
export function accept(reason: string): Answer {
  return { accepted: true, reason };
}

/** Why not. */
export function refuse(reason: string): Answer {
  return { accepted: false, reason };
}
