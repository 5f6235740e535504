import type { Client } from '@temporalio/client';
import { healthOf, type Health } from '../../activities/temporal/health.js';
import { recollectLocks, type KnownLocks } from '../../activities/temporal/recollect-locks.js';
import { startLocks } from '../../activities/temporal/start-locks.js';
import { recollectRoster } from '../../activities/temporal/recollect-roster.js';
import { startSentinel } from '../../activities/temporal/start-sentinel.js';
import { unpack } from '../../src/environment/sentinel/packed.js';
import { sentinelId, sentinelNames } from '../../src/protocol/sentinel.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { locksId, locksNames } from '../../src/protocol/locks.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';
import type { Calls } from './calls.js';
import { brokenText } from './health.js';

const answerWithin = 10_000;

/** A workflow of an environment that can be brought back. */
export type Repairable = 'locks' | 'sentinel';

/** What became of a repair. */
export interface Repaired {
  readonly environment: string;
  readonly workflow: string;
  /** `false`: there was nothing to repair. */
  readonly repaired: boolean;
  /** What it was found with. */
  readonly found: string;
  /** What its next run goes on from, in words. */
  readonly kept?: string;
  readonly runId?: string;
}

/** Brings broken workflows of an environment back, with what they knew. */
export interface Repairs {
  /**
   * Ends the broken run and begins another, in one call of the server, so that nobody else begins one that knows
   * nothing. The new run reads what the old one knew when nothing can be added to it any more. Throws `Refusal` for
   * one that is paused or was ended: a repair does not help there.
   */
  repair(what: Repairable, environment: string): Promise<Repaired>;
}

export function createRepairs(client: Client, calls: Calls): Repairs {
  const repairs: { [R in Repairable]: (environment: string, runId: string) => Promise<Begun> } = {
    locks: (environment, runId) => repairLocks(client, environment, runId),
    sentinel: (environment, runId) => repairSentinel(client, environment, runId),
  };
  return {
    async repair(what, environment) {
      const workflow = what === 'locks' ? locksId(environment) : sentinelId(environment);
      const health = await calls.translated(answerWithin, () => healthOf(client, workflow));
      const found = textOf(workflow, health);
      const about = { environment, workflow, found };
      if (health.state !== 'broken') return { ...about, repaired: false };
      const begun = await calls.translated(answerWithin, () => repairs[what](environment, health.runId));
      return { ...about, repaired: true, ...begun };
    },
  };
}

interface Begun {
  readonly runId: string;
  readonly kept: string;
}

async function repairLocks(client: Client, environment: string, runId: string): Promise<Begun> {
  const { answers, journalled, table } = await recollectLocks(client, environment, runId);
  const options = startLocks(environment, taskQueueOf(environment));
  const [input] = options.args;
  const handle = await client.workflow.start(locksNames.workflow, {
    ...options,
    args: [{ ...input, repairs: runId, answers, journalled }],
    // Whoever starts a rollout meanwhile reads it without a worker.
    memo: { [locksNames.stopped]: table?.stopped ?? null },
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
  // What came while a task was being tried stands in the history only now.
  return {
    runId: handle.firstExecutionRunId,
    kept: keptByLocks(await recollectLocks(client, environment, runId)),
  };
}

function keptByLocks({ table, undecided }: KnownLocks): string {
  if (!table) return 'its history says nothing of who holds what: the running rollouts are asked';
  const { holders, line, stopped } = table;
  const pending = undecided.filter(({ type }) => type === 'stop').length;
  return [
    `${holders.length} that hold, ${line.length} in line`,
    ...(stopped ? [`the stop by ${stopped.by}: ${stopped.reason}`] : []),
    ...(pending > 0 ? ['a stop that it had not taken yet'] : []),
  ].join('; ');
}

async function repairSentinel(client: Client, environment: string, runId: string): Promise<Begun> {
  const reason = `nobody watched ${environment}: its sentinel was broken, and was repaired now`;
  const input = { environment, repairs: runId, blind: { reason } };
  const handle = await client.workflow.start(sentinelNames.workflow, {
    ...startSentinel(input, taskQueueOf(environment)),
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
  const watched = unpack(await recollectRoster(client, environment, runId));
  return { runId: handle.firstExecutionRunId, kept: `${watched.length} rollouts that it watches` };
}

function textOf(workflow: string, health: Health): string {
  switch (health.state) {
    case 'broken':
      return brokenText(health);
    case 'absent':
      return 'does not exist: it begins when it is needed';
    case 'well':
      return 'works';
    case 'waiting':
      return 'waits for a worker';
    case 'paused': {
      const fix = `temporal workflow unpause -w ${workflow}`;
      throw new Refusal(workflow, 'is paused, and not broken', `let it go on: ${fix}`);
    }
    case 'ended':
      return `was ${health.how}: it begins again when it is needed`;
  }
}
