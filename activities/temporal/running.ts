import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { healthOf } from './health.js';
import { isOpen } from './open.js';
import { askingFromHistory, cannotAnswer } from './silent-holders.js';
import type { LocksActivities, Asking, Reached } from '../../src/protocol/locks.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { StatusReport } from '../../src/engine/tell/report.js';

/** How many rollouts are signalled at once. */
const atOnce = 100;
/** How many are asked at once what they hold: a worker may have to replay each. */
const askedAtOnce = 20;
/** For an answer of one of them. Without an end, an answer that never comes would keep everybody from starting. */
const answerWithin = 10_000;

/** Rollouts of the environment that run or are paused, as far as the server lists them yet. */
export async function runningRollouts(client: Client, environment: string): Promise<string[]> {
  const below = `rollout/${environment}/`;
  const query = `WorkflowType = 'rollout' AND ${isOpen} AND WorkflowId STARTS_WITH '${below}'`;
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 })) found.push(workflowId);
  return found;
}

/**
 * The rollouts that have not ended and hold their scope: those that say so in their journal, and those of a build that
 * knew no locks and has begun.
 */
export async function holdersOf(client: Client, environment: string): Promise<Asking[]> {
  const rollouts = await runningRollouts(client, environment);
  const askings: Asking[] = [];
  for (let start = 0; start < rollouts.length; start += askedAtOnce) {
    const batch = rollouts.slice(start, start + askedAtOnce).map((rollout) => askingOf(client, rollout));
    askings.push(...(await Promise.all(batch)).filter((asking) => asking !== undefined));
  }
  return askings.sort((a, b) => a.askedAt - b.askedAt);
}

/** Who is paused, or broken, answers nobody, and holds all the same what its history says. */
async function askingOf(client: Client, rollout: string): Promise<Asking | undefined> {
  try {
    return await askingAnswered(client, rollout);
  } catch (error) {
    const runId = await cannotAnswer(client, rollout);
    if (runId === undefined) throw error;
    return await askingFromHistory(client, rollout, runId);
  }
}

async function askingAnswered(client: Client, rollout: string): Promise<Asking | undefined> {
  const journal = await journalOf(client, rollout);
  if (journal.some(({ type }) => type === 'ended')) return undefined;
  const { digest, status, reverts, things } = await ask<StatusReport>(client, rollout, 'status');
  const begun = beginningOf(journal, status);
  if (!begun) return undefined;
  const { owner, scope } = await ask<Plan>(client, rollout, 'plan');
  return {
    rollout,
    owner,
    scope,
    ...(things && { things }),
    digest,
    wait: true,
    askedAt: begun.at,
    ...(reverts && { reverts: reverts.rollout }),
  };
}

/** The first that is known of a rollout having its scope. One of many runs carries only its newest events on. */
function beginningOf(
  journal: readonly JournalEvent[],
  status: StatusReport['status'],
): JournalEvent | undefined {
  const [first] = journal;
  const begun = journal.find(({ type }) => ['scope-acquired', 'captured', 'act-started'].includes(type));
  return begun ?? (first && first.number > 1 && status !== 'queued' ? first : undefined);
}

/** What a rollout decided, from its history; also when it has ended. Throws when no worker answers. */
export function journalOf(client: Client, rollout: string): Promise<readonly JournalEvent[]> {
  return ask<readonly JournalEvent[]>(client, rollout, 'journal');
}

/** Once more when nobody answers: a worker that has just forgotten a workflow drops a query that came meanwhile. */
async function ask<T>(client: Client, rollout: string, query: string): Promise<T> {
  const handle = client.workflow.getHandle(rollout);
  const once = () => client.withDeadline(Date.now() + answerWithin, () => handle.query<T>(query));
  return once().catch(once);
}

/** Tells every running rollout to pause, once for each stop; throws when one of them could not be told. */
export async function pauseAll(
  client: Client,
  environment: string,
  { stop, by, reason, exposure, rollouts, signed }: Parameters<LocksActivities['pauseRollouts']>[0],
): Promise<Reached> {
  const request: DecisionRequest = {
    type: 'pause',
    // The same for each attempt: a rollout that was told already has answered it.
    id: `stop/${stop}`,
    by,
    reason,
    ...(exposure && { exposure }),
    ...(signed !== undefined && { signed }),
  };
  const all = [...new Set([...rollouts, ...(await runningRollouts(client, environment))])];
  const reached: string[] = [];
  const standing: string[] = [];
  const failures: unknown[] = [];
  // One that cannot be told must not keep the others from hearing it.
  for (let start = 0; start < all.length; start += atOnce) {
    const batch = all.slice(start, start + atOnce).map(async (rollout) => {
      const told = await tell(client, rollout, request).catch((error: unknown) => void failures.push(error));
      if (!told) return;
      const { state } = await healthOf(client, rollout);
      (state === 'paused' || state === 'broken' ? standing : reached).push(rollout);
    });
    await Promise.all(batch);
  }
  if (failures.length > 0) throw failures[0];
  return { rollouts: reached.sort(), standing: standing.sort() };
}

/** False when it is over already. */
async function tell(client: Client, rollout: string, request: DecisionRequest): Promise<boolean> {
  try {
    await client.workflow.getHandle(rollout).signal<[DecisionRequest]>('decide', request);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
