import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import {
  locksId,
  locksNames,
  type Answered,
  type Asking,
  type LocksInput,
  type LocksRequest,
  type LockTable,
  type RecollectedLocks,
  type Release,
  type Stopped,
} from '../../src/protocol/locks.js';
import {
  ask,
  enter,
  lift,
  noLocks,
  orphan,
  release,
  stop,
  takeOver,
} from '../../src/environment/locks/table.js';
import type { Answer } from '../../src/engine/state/messages.js';
import { answersIn, exportedBy, requestOf } from './answers-of-locks.js';
import { happenedTo, type Happened } from './happened.js';

/** What locks that cannot be asked any more knew, with what their next run has to carry on. */
export interface KnownLocks extends RecollectedLocks {
  readonly answers: readonly Answered[];
  /** How many events their journal has. */
  readonly journalled: number;
}

/**
 * Reads from the history of a run of the locks what it knew. One that was itself a repair, and broke before it had
 * recollected anything, knew what the run before it knew.
 */
export async function recollectLocks(
  client: Client,
  environment: string,
  runId: string,
): Promise<KnownLocks> {
  const happened = await happenedTo(client, locksId(environment), runId).catch((error: unknown) => {
    // The server keeps it no longer: then the rollouts are asked what they hold.
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  });
  const known = knownFrom(happened);
  const repairs = inputOf(happened)?.repairs;
  if (known.table !== undefined || repairs === undefined) return known;
  const before = await recollectLocks(client, environment, repairs);
  return {
    ...(before.table && { table: known.heard.reduce(applied, before.table) }),
    undecided: [...before.undecided, ...known.undecided],
    answers: known.answers,
    journalled: known.journalled,
  };
}

type Change = (table: LockTable) => LockTable;

/** What has no meaning may be what the run broke on: it must not break this one, too. */
function applied(table: LockTable, change: Change): LockTable {
  try {
    return change(table);
  } catch {
    return table;
  }
}

interface KnownFromOneRun extends KnownLocks {
  /** What has changed the table since the run began, whatever it was. */
  readonly heard: readonly Change[];
}

/** Goes through what happened as the workflow itself did, with the same functions. */
export function knownFrom(happened: readonly Happened[]): KnownFromOneRun {
  const input = inputOf(happened);
  const heard: Change[] = [];
  let beginning = input?.table;
  for (const event of happened) {
    beginning ??= beginningIn(event);
    const change = changeOf(event, happened);
    if (change) heard.push(change);
  }
  const decided = decidedIn(happened, input);
  return {
    ...(beginning && { table: heard.reduce(applied, beginning) }),
    heard,
    ...decided,
  };
}

function inputOf(happened: readonly Happened[]): LocksInput | undefined {
  const started = happened.find(({ type }) => type === 'started');
  return started?.type === 'started' ? (started.input as LocksInput | undefined) : undefined;
}

/** Whom a first run found to hold something already, or what a repair had recollected. */
function beginningIn(event: Happened): LockTable | undefined {
  if (event.type !== 'returned') return undefined;
  if (event.name === 'recollectLocks') return (event.result as RecollectedLocks).table;
  if (event.name !== 'findHolders') return undefined;
  return (event.result as readonly Asking[]).reduce(
    (table, asking) => enter(table, asking, event.at),
    noLocks,
  );
}

function changeOf(event: Happened, happened: readonly Happened[]): Change | undefined {
  const { at } = event;
  switch (event.type) {
    case 'asked': {
      if (event.name !== locksNames.acquire) return undefined;
      const askings = event.args[0] as readonly Asking[];
      return (table) => askings.reduce((before, asking) => ask(before, asking, at).table, table);
    }
    case 'signalled': {
      if (event.name !== locksNames.release) return undefined;
      const given = event.args[0] as Release;
      return (table) => release(table, given, at);
    }
    case 'memo':
      return stopOrLift(event.fields[locksNames.stopped] as Stopped | null | undefined);
    case 'answered': {
      const request = requestOf(event.id, happened);
      if (request?.type !== 'take-over' || !(event.answer as Answer).accepted) return undefined;
      const { rollout } = request;
      return (table) => takeOver(orphan(table, rollout, 'ended from outside', at), rollout, at);
    }
    default:
      return undefined;
  }
}

/** The memo says what a stop has come to, whichever way it came. */
function stopOrLift(stopped: Stopped | null | undefined): Change | undefined {
  if (stopped === undefined) return undefined;
  return (table) => (stopped === null ? lift(table) : stop(table, stopped));
}

/** Decisions: how they were answered, which have left for the journal, and which were never taken. */
function decidedIn(happened: readonly Happened[], input: LocksInput | undefined) {
  const answers = [...(input?.answers ?? []), ...answersIn(happened)];
  const exported = happened.flatMap(exportedBy);
  const known = new Set([
    ...answers.map(({ id }) => id),
    ...exported.flatMap(({ type, evidence }) => (type === 'decision' ? [evidence?.['id']] : [])),
  ]);
  const requests = happened.flatMap(requestsBy).filter(({ id }) => !known.has(id));
  const undecided = [...new Map(requests.map((request) => [request.id, request])).values()];
  const journalled = Math.max(input?.journalled ?? 0, ...exported.map(({ number }) => number));
  return { answers, undecided, journalled };
}

function requestsBy(event: Happened): LocksRequest[] {
  if (event.type !== 'asked' && event.type !== 'signalled') return [];
  if (event.name !== locksNames.decide) return [];
  const request = event.args[0] as Partial<LocksRequest> | undefined;
  return typeof request?.id === 'string' ? [request as LocksRequest] : [];
}
