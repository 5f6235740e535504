import type { Client } from '@temporalio/client';
import type { Worker, WorkerOptions } from '@temporalio/worker';
import { workerSettings } from '../../../apps/worker/worker-settings.js';
import { bundled } from '../../support/bundle.js';
import { replayHistory } from '../../support/rollouts/replay-history.js';
import { runsOf } from '../../support/rollouts/runs.js';
import { onTemporal } from '../../support/temporal.js';

/** Today's workflows on the server of the run, with workers that forget. */
export interface Stage {
  readonly client: Client;
  worker(options: Pick<WorkerOptions, 'taskQueue' | 'activities' | 'maxCachedWorkflows'>): Promise<Worker>;
  /** Replays every run of a workflow; answers how many events and marks they have, and what did not replay. */
  replay(workflowId: string): Promise<Replayed>;
  close(): Promise<void>;
}

/** What a replay of all runs of a workflow found. */
export interface Replayed {
  readonly events: number;
  readonly marks: number;
  readonly faults: readonly string[];
}

/** @param place other workflows than today's: their place in `test/workflows` */
export async function openStage(place?: string): Promise<Stage> {
  const workflows = place === undefined ? {} : { workflows: new URL(`../${place}`, import.meta.url) };
  const temporal = await onTemporal();
  const { client } = temporal;
  const bundle = await bundled(workflows.workflows);
  return {
    client,
    worker: (options) => temporal.worker({ ...workerSettings, ...workflows, ...options }),
    async replay(workflowId) {
      let [events, marks] = [0, 0];
      const faults: string[] = [];
      for (const run of await runsOf(client, workflowId)) {
        events += run.events?.length ?? 0;
        marks += (run.events ?? []).filter(isMark).length;
        await replayHistory(bundle, run, workflowId).catch((error: unknown) => faults.push(String(error)));
      }
      return { events, marks, faults };
    },
    close: () => temporal.close(),
  };
}

type Event = NonNullable<Awaited<ReturnType<typeof runsOf>>[number]['events']>[number];

function isMark({ workflowPropertiesModifiedEventAttributes: properties }: Event): boolean {
  return properties?.upsertedMemo?.fields?.['turn'] !== undefined;
}
