import { denied } from '../../../src/identity/index.js';
import { policyOf } from '../../config/identity/policy-of.js';
import type { Door } from './door.js';
import type { Identified } from './who.js';

/** Why somebody may not look at rollouts of a runbook; undefined when they may. */
export function mayView(door: Pick<Door, 'now'>, who: Identified, runbook: string): string | undefined {
  return 'refused' in who ? who.refused : denied(policyOf(door.now()), who.name, 'view', runbook);
}
