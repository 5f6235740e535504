import { isScarce } from '../doors/crowd.js';
import type { Exporter } from '../journal/exporter.js';
import { historyLength } from '../sdk/turns.js';
import type { Room } from './inbox.js';

/** Events of a history after which only what makes things safer is judged: the server ends a run of 51,200 for good. */
const spentFrom = 30_000;
/** Events of the journal that have not left: what is not exported goes on into the next run, where it needs room. */
const mostUnexported = 1_000;

/** How much room a rollout's run has for decisions. */
export function roomFor(exporter: Exporter): Room {
  return {
    isScarce: () => isScarce() || exporter.unsent.length > mostUnexported,
    isSpent: () => historyLength() >= spentFrom,
  };
}
