import { Refusal } from '../client/client.js';
import type { JournalEntry } from '../../src/engine/state/journal.js';
import type { Io } from './io.js';
import { configuredFor, type RecordsOptions } from './records-of.js';

/** What was found out of the signatures of a journal. */
export interface Signatures {
  /** How many there are, each as a door has made it; undefined when nobody could say whose keys are whose. */
  readonly signatures?: number;
  /** The same for people, to be added to what else was found. */
  readonly text: string;
}

/**
 * Checks each decision's signature against the doors' public keys of the configuration.
 *
 * @param required throws also when there is no configuration
 * @throws Refusal that names the first entry whose signature does not say what the entry says
 */
export async function checkSignatures(
  rollout: string,
  entries: readonly JournalEntry[],
  options: RecordsOptions,
  io: Io,
  required: boolean,
): Promise<Signatures> {
  const configured = await configuredFor(rollout, options, io).catch((error: unknown) => {
    if (required || options.config !== undefined) throw error;
    return undefined;
  });
  if (!configured) return { text: '; signatures not checked: no configuration says whose keys are whose' };
  const { environment } = configured;
  const { doorsOf } = await import('../config/identity/doors.js');
  const { verifySignatures } = await import('../../activities/identity/verify-journal.js');
  const events = entries.map(({ event }) => event);
  const doors = doorsOf(environment);
  const { signed, faults } = await verifySignatures(rollout, events, doors, environment.kind === 'shared');
  const [fault, ...more] = faults;
  // In a local environment nobody signs.
  if (!fault && environment.kind !== 'shared' && signed.length === 0) return { text: '' };
  if (!fault) return { signatures: signed.length, text: `; ${signed.length} signatures of doors fit` };
  const others = more.length > 0 ? ` (and ${more.length} more)` : '';
  throw new Refusal(
    `journal of ${rollout}`,
    `entry ${fault.number} is not as its door has signed it${others}: ${fault.reason}`,
    'do not rely on that decision; a key that was taken out of the configuration has to stay in it, revoked',
  );
}
