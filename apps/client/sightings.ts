import { WorkflowNotFoundError, type WorkflowExecutionInfo } from '@temporalio/client';
import { isOpen } from '../../activities/temporal/open.js';
import { Absent } from './refusals.js';
import type { DescribedRun, ListFilter, RolloutSummary } from './client.js';
import { answerWithin, type Connected } from './connected.js';
import { findRollout } from './find.js';
import { rolloutType } from '../../src/protocol/rollout.js';
import { isListed, summaryOf } from './summary.js';

/** Milliseconds for which what `find` saw of a rollout counts for the call that comes next: a command sees it once. */
const sightingLasts = 1_000;
/** How many of the newest workflows are looked through for a part of an id. */
const mostListed = 1_000;

/** Rollouts as the server knows them, without asking a worker. */
export class Sightings {
  readonly #connected: Connected;
  #last: { readonly seen: DescribedRun; readonly until: number } | undefined;

  constructor(connected: Connected) {
    this.#connected = connected;
  }

  find(given: string): Promise<string> {
    return findRollout(given, {
      exists: async (id) => {
        const seen = await this.#look(id);
        this.#last = seen && { seen, until: performance.now() + sightingLasts };
        return seen !== undefined;
      },
      ids: async () => (await this.list({ all: true })).map(({ rollout }) => rollout),
    });
  }

  async describe(rollout: string): Promise<DescribedRun> {
    const seen = await this.#look(rollout);
    if (seen) return seen;
    throw new Absent(`rollout ${rollout}`, 'does not exist', 'see "switchback list --all"');
  }

  /**
   * What was seen when it was found, if that was a moment ago: a decision that comes too late is refused by the server
   * itself.
   */
  async lately(rollout: string): Promise<DescribedRun> {
    const last = this.#last;
    const counts = last?.seen.rollout === rollout && performance.now() < last.until;
    return counts ? last.seen : this.describe(rollout);
  }

  async exists(rollout: string): Promise<boolean> {
    return (await this.#look(rollout)) !== undefined;
  }

  async list(filter: ListFilter = {}): Promise<readonly RolloutSummary[]> {
    const { client, calls } = this.#connected;
    // One line for each rollout: a run that another one continued is not its end.
    const which = filter.all ? "ExecutionStatus != 'ContinuedAsNew'" : isOpen;
    return calls.translated(answerWithin, async () => {
      // One that was reset has two runs of the same id: the one that was left is not what became of it.
      const found = new Map<string, WorkflowExecutionInfo>();
      for await (const execution of client.workflow.list({
        query: `WorkflowType = '${rolloutType}' AND ${which}`,
        pageSize: mostListed,
      })) {
        const known = found.get(execution.workflowId);
        if (!known || known.startTime < execution.startTime) found.set(execution.workflowId, execution);
        if (found.size === mostListed) break;
      }
      return [...found.values()]
        .map(summaryOf)
        .filter((summary) => isListed(summary, filter))
        .sort((a, b) => b.startedAt - a.startedAt);
    });
  }

  /** Undefined when there is none. */
  async #look(rollout: string): Promise<DescribedRun | undefined> {
    const { client, calls } = this.#connected;
    const handle = client.workflow.getHandle(rollout);
    try {
      const found = await calls.translated(answerWithin, () => handle.describe());
      const { runId, historyLength, raw } = found;
      const firstRun = raw.workflowExecutionInfo?.firstRunId || runId;
      return { ...summaryOf(found), runId, firstRun, historyLength };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }
}
