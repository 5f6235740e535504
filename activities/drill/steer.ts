import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Steered } from '../../src/drill/workflow.js';
import type { FailurePoint } from '../../src/drill/points.js';
import type { TimeToRestore } from '../../src/drill/record.js';
import { actsOf, type Plan } from '../../src/engine/plan/plan.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import type { Adapter, Work } from '../../src/protocol/adapter.js';
import { rolloutNames } from '../../src/protocol/rollout.js';
import type { DrillStore } from '../records/drills.js';
import { abortAt, answersTo, type Drillers } from './answers.js';
import { bringWatcherBack, isWatcherAway, takeWatcherAway } from './watcher.js';
import type { Writer } from './writer.js';

/** Milliseconds between two looks at the rollout, and how long one may take as a whole. */
const lookEvery = 80;
const longest = 15 * 60_000;

/** What a rollout is steered with. */
export interface Steering {
  readonly client: Client;
  readonly environment: string;
  readonly drills: DrillStore;
  readonly drillers: Drillers;
  /** All of the environment's. */
  readonly adapters: readonly Adapter[];
  readonly writer: Writer;
  /** Ends this worker as a crash would. */
  die(): void;
}

/**
 * Follows a rollout to its end: answers its gates, brings its failure about where that does not come from an act, and
 * writes rows beside it.
 */
export async function steer(
  { client, environment, drills, drillers, adapters, writer, die }: Steering,
  rollout: string,
  plan: Plan,
  point: FailurePoint,
  work: Work,
): Promise<Steered> {
  const handle = client.workflow.getHandle(rollout);
  const exposing = actsOf(plan).find(({ exposure }) => exposure !== undefined);
  const isExposed = async () => {
    const adapter = adapters.find(({ name }) => exposing?.do.kind.split('.')[0] === name);
    if (!exposing || !adapter) return false;
    return Number((await adapter.read(exposing, work))['percent'] ?? 0) > 0;
  };
  const sent = new Set<string>();
  const until = performance.now() + longest;
  let seen = 'it has not begun';
  for (let look = 0; performance.now() < until; look += 1) {
    work.signal.throwIfAborted();
    const status = await handle.query<StatusReport>(rolloutNames.status).catch(() => undefined);
    if (status?.outcome) return ended(status, await handle.query<JournalEvent[]>(rolloutNames.journal));
    if (status === undefined && look % 20 === 19 && (await hasClosed(client, rollout))) {
      return { reason: 'it was closed and had not said how it ended' };
    }
    if (status) {
      seen = `it waits for ${status.why.waitingFor}`;
      if (status.unwinding) await calm();
      else if (status.watch?.step === point.step) await break_();
      for (const answer of answersTo(status, point, drillers)) await send(answer.id, answer);
    }
    await writer.write(await isExposed());
    await sleep(lookEvery);
  }
  return { reason: `after ${longest / 60_000} minutes ${seen}` };

  async function send(id: string, answer: object): Promise<void> {
    if (sent.has(id)) return;
    await handle.signal(rolloutNames.decide, answer);
    sent.add(id);
  }

  /** Whatever the watch is to meet. */
  async function break_(): Promise<void> {
    if (plan.guards.length === 0) {
      const abort = abortAt(point, drillers);
      await send(abort.id, abort);
    } else if (point.failure === 'breach') {
      await drills.breach(rollout, true);
    } else if (!(await isWatcherAway(client, environment))) {
      await takeWatcherAway(client, environment);
      // It would end in order, and say so: but it is to die without a word.
      die();
    }
  }

  /** It goes back: from here on the baseline is well, and is watched. */
  async function calm(): Promise<void> {
    if (point.failure === 'breach') await drills.breach(rollout, false);
    if (point.failure === 'blind') await bringWatcherBack(client, environment);
  }
}

/** Whether a workflow has ended, as the server knows it; one that has not begun has not. */
async function hasClosed(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name !== 'RUNNING' && status.name !== 'PAUSED';
  } catch {
    return false;
  }
}

function ended({ outcome, unwinding }: StatusReport, journal: readonly JournalEvent[]): Steered {
  if (!outcome) return { reason: 'it has not ended' };
  const restored = unwinding && timeToRestore(unwinding, journal);
  return {
    outcome: outcome.type,
    reason: outcome.reason,
    ...(outcome.unconfirmed && { unconfirmed: true }),
    ...(restored && { restored }),
  };
}

function timeToRestore(
  { since, exposureRestoredAt, verifiedAt }: NonNullable<StatusReport['unwinding']>,
  journal: readonly JournalEvent[],
): TimeToRestore | undefined {
  if (verifiedAt === undefined) return undefined;
  const undone = journal.findLast(({ type, at }) => type === 'undone' && at >= since)?.at;
  return {
    ...(exposureRestoredAt !== undefined && { exposure: exposureRestoredAt - since }),
    ...(undone !== undefined && { data: undone - since }),
    verified: verifiedAt - since,
  };
}
