import type { Client } from '@temporalio/client';

/**
 * Lets the server forget which worker holds a workflow in its cache. When that worker died, whoever asks the workflow
 * would wait for it first, for as long as the server gives it. When it lives, it replays the workflow once.
 */
export async function resetSticky(client: Client, workflowId: string, runId?: string): Promise<void> {
  const { namespace } = client.options;
  const execution = { workflowId, ...(runId !== undefined && { runId }) };
  await client.workflowService.resetStickyTaskQueue({ namespace, execution });
}
