import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { Roster } from '../../src/environment/sentinel/roster.js';
import type { PackedSubscriptions, Watched } from '../../src/protocol/subscriptions.js';
import {
  sentinelId,
  sentinelNames,
  type Leaving,
  type OrphanSignal,
  type SentinelInput,
} from '../../src/protocol/sentinel.js';
import { happenedTo, type Happened } from './happened.js';

/** Reads from the history of a run of the sentinel whom it watched; nobody, when the server keeps it no longer. */
export async function recollectRoster(
  client: Client,
  environment: string,
  runId: string,
): Promise<PackedSubscriptions> {
  const happened = await happenedTo(client, sentinelId(environment), runId).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  });
  const first = happened.find(({ type }) => type === 'started');
  const input = first?.type === 'started' ? (first.input as SentinelInput) : undefined;
  // One that was itself a repair began with what the run before it knew.
  const carried =
    input?.repairs === undefined ? input?.watched : await recollectRoster(client, environment, input.repairs);
  return rosterFrom(carried, happened).carry();
}

/** Goes through the signals as the workflow itself did. */
export function rosterFrom(carried: PackedSubscriptions | undefined, happened: readonly Happened[]): Roster {
  const roster = new Roster(carried);
  for (const event of happened) {
    if (event.type === 'signalled') hear(roster, event.name, event.args[0]);
  }
  return roster;
}

function hear(roster: Roster, name: string, given: unknown): void {
  try {
    if (name === sentinelNames.subscribe) roster.add(given as Watched);
    if (name === sentinelNames.unsubscribe) roster.remove(given as Leaving);
    if (name === sentinelNames.orphan) roster.mark(given as OrphanSignal);
  } catch {
    // What has no meaning may be what the run broke on: it must not break this one, too.
  }
}
