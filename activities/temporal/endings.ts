import {
  ApplicationFailure,
  type Client,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Ending } from '../../src/protocol/locks.js';

/** How many workflows are asked for at once. */
const atOnce = 20;
/** What a rollout that says its outcome by failing fails with. */
const outcomes = ['Refused', 'Halted'];

/** How the newest run of each rollout's workflow stands. Throws when the server does not say. */
export async function endingsOf(client: Client, rollouts: readonly string[]): Promise<Ending[]> {
  const endings: Ending[] = [];
  for (let start = 0; start < rollouts.length; start += atOnce) {
    const batch = rollouts.slice(start, start + atOnce).map((rollout) => endingOf(client, rollout));
    endings.push(...(await Promise.all(batch)));
  }
  return endings;
}

async function endingOf(client: Client, rollout: string): Promise<Ending> {
  const byItself = { rollout, ended: 'by-itself' } as const;
  const fromOutside = (reason: string) => ({ rollout, ended: 'from-outside', reason }) as const;
  try {
    const { status, runId } = await client.workflow.getHandle(rollout).describe();
    switch (status.name) {
      case 'COMPLETED':
      case 'CANCELLED':
        return byItself;
      case 'FAILED':
        return (await saidItsOutcome(client, rollout, runId)) ? byItself : fromOutside('ended by an error');
      case 'TERMINATED':
        return fromOutside('terminated');
      case 'TIMED_OUT':
        return fromOutside('timed out');
      default:
        // Whatever else a server may say of it: nobody may take its lock away.
        return { rollout, ended: 'open' };
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return fromOutside('deleted');
  }
}

async function saidItsOutcome(client: Client, rollout: string, runId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(rollout, runId).result();
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return error.cause instanceof ApplicationFailure && outcomes.includes(error.cause.type ?? '');
  }
}
