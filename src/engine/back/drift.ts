import type { Act } from '../plan/plan.js';
import { notify, record, type Run } from '../state/run.js';

/** Shows what a stranger had changed: whoever did it had a reason, and may not know that it was taken back. */
export function showDrift(run: Run, { id, target }: Act, drift: string): void {
  record(run, 'drift', drift, { step: id });
  notify(run, 'incident', `${target} was not as this rollout left it when it was taken back: ${drift}`, {
    kind: 'drift',
  });
}
