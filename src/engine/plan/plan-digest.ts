import type { Json } from '../base/json.js';
import type { Plan } from './plan.js';
import { digestOf } from '../base/digest.js';

/** The digest of a plan: what approvals and drills are bound to. */
export function planDigest(plan: Plan): string {
  return digestOf(plan as unknown as Json);
}
