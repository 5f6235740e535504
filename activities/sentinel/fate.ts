import {
  TerminatedFailure,
  type Client,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';

/** What became of a rollout's workflow: it runs, it has ended by itself, or it was ended from outside. */
export type Fate = 'runs' | 'ended' | { readonly orphaned: string };

/** Asks for the newest run of a workflow: one that was reset or continued as new runs, whatever its older runs say. */
export async function fateOf(client: Client, workflowId: string): Promise<Fate> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const { status } = await handle.describe();
    switch (status.name) {
      case 'TERMINATED':
        return { orphaned: `was terminated${await reasonOf(handle.result())}` };
      case 'TIMED_OUT':
        return { orphaned: 'timed out' };
      case 'COMPLETED':
      case 'FAILED':
      case 'CANCELLED':
        return 'ended';
      default:
        return 'runs';
    }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { orphaned: 'is not known to the server any more' };
    throw error;
  }
}

async function reasonOf(result: Promise<unknown>): Promise<string> {
  const error = await result.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  return cause instanceof TerminatedFailure && cause.message !== '' ? ` (${cause.message})` : '';
}
