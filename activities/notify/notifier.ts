import type { Notice } from '../../src/engine/state/values.js';

/** Tells people. */
export interface Notifier {
  /** Delivers a notice; may deliver it twice. Throws an ordinary error when trying again may help. */
  send(notice: Notice): Promise<void>;
}
