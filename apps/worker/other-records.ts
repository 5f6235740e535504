import type { WorkflowService } from '@temporalio/client';
import { markedWorkers } from '../../activities/temporal/worker-identity.js';

/**
 * Says which workers of the environment keep other records than these: captures and evidence that one writes the
 * other does not find, and a rollback needs them.
 */
export async function tellOfOtherRecords(given: {
  readonly service: { readonly workflowService: WorkflowService; readonly namespace: string };
  readonly environment: string;
  /** Undefined as long as ours could not be reached. */
  readonly mark: string | undefined;
  /** Where ours are, for the message. */
  readonly place: string;
  readonly tell: (text: string) => void;
}): Promise<void> {
  const { service, environment, mark, place, tell } = given;
  if (mark === undefined) return;
  const others = (await markedWorkers(service, environment)).filter((worker) => worker.mark !== mark);
  const names = [
    ...new Set(others.map(({ name, seenAt }) => `${name} (asked ${secondsSince(seenAt)} s ago)`)),
  ];
  if (names.length === 0) return;
  tell(
    `WARNING  this worker keeps its records at ${place}, and other workers of ${environment} keep others: ${names.join(', ')}. ` +
      'What one has captured the other cannot restore: stop one, and give both the same url under "records".',
  );
}

function secondsSince(at: number): number {
  return Math.max(0, Math.round((Date.now() - at) / 1_000));
}
