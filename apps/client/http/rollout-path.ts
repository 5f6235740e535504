import { Refusal } from '../../../src/engine/base/errors.js';
import { partsOf } from '../rollout-id.js';

/** The path of a rollout's own addresses. The environment is the server's own: another one's id finds nothing there. */
export function pathOf(rollout: string): string {
  const parts = partsOf(rollout);
  if (!parts) throw new Refusal(rollout, 'is no whole rollout id', 'write all four parts of it');
  return `/v1/rollouts/${encodeURIComponent(parts.runbook)}/${encodeURIComponent(parts.key)}`;
}
