import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowUpdateFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locksNames } from '../../src/protocol/locks.js';
import { replayHistory } from '../support/rollouts/replay-history.js';
import { bundled } from '../support/bundle.js';
import { onTemporal, type OnTemporal } from '../support/temporal.js';
import { doSignal, doUpdate, lateQuery, type turning, type Work } from './fixtures/turning.js';
import { eventually } from '../support/eventually.js';

const long = 3_600_000;

const workflows = new URL('./fixtures/turning.ts', import.meta.url);
let temporal: OnTemporal;
let client: Client;

beforeAll(async () => {
  temporal = await onTemporal();
  ({ client } = temporal);
});
afterAll(() => temporal?.close());

type Handle = WorkflowHandle<typeof turning>;

/** What stands in the history after the body was done to a new workflow, which replays; `|` is a workflow task. */
async function historyAfter(
  body: (handle: Handle) => Promise<void>,
  { quiet = long, lateAfter = long } = {},
): Promise<readonly string[]> {
  const taskQueue = `turns-${randomUUID()}`;
  const options = { taskQueue, workflowId: taskQueue, args: [{ quiet, lateAfter }] as [never] };
  return temporal.during({ taskQueue, workflows }, async () => {
    const handle = await client.workflow.start<typeof turning>('turning', options);
    await handle.query(lateQuery);
    await body(handle);
    const history = await handle.fetchHistory();
    await handle.terminate();
    await replayHistory(await bundled(workflows), history, handle.workflowId);
    return eventsOf(history);
  });
}

function eventsOf({ events }: History): readonly string[] {
  const names = (events ?? []).flatMap((event) => {
    const set = Object.entries(event).find(([name, value]) => name.endsWith('EventAttributes') && value);
    return set ? set[0].slice(0, -'EventAttributes'.length) : [];
  });
  const shown = names.filter((name) => !['workflowTaskScheduled', 'workflowTaskStarted'].includes(name));
  return shown.map((name) => (name === 'workflowTaskCompleted' ? '|' : name)).slice(beginning.length);
}

const beginning = ['workflowExecutionStarted', '|', 'timerStarted'];
const mark = 'workflowPropertiesModified';

const refuse = (handle: Handle) =>
  expect(handle.executeUpdate(doUpdate, { args: ['refused'] })).rejects.toThrow(WorkflowUpdateFailedError);

/** A signal leaves a workflow task behind it, which comes when it can. */
async function signal(handle: Handle, work: Work): Promise<void> {
  const before = (await handle.fetchHistory()).events?.length ?? 0;
  await handle.signal(doSignal, work);
  await eventually(async () => {
    const { events = [] } = await handle.fetchHistory();
    expect(events!.slice(before).some((event) => event.workflowTaskCompletedEventAttributes)).toBe(true);
  });
}

/** What a workflow says of itself. */
interface Metadata {
  readonly definition: { readonly updateDefinitions: readonly { readonly name: string }[] };
}

/** What a workflow of ours takes, by its own word. */
async function updatesOf(workflow: string): Promise<readonly string[]> {
  const taskQueue = `updates-${randomUUID()}`;
  const options = { taskQueue, workflowId: taskQueue, args: [{ format: 1, environment: taskQueue }] };
  const worker = await temporal.worker({ taskQueue });
  return worker.runUntil(async () => {
    const handle = await client.workflow.start(workflow, options);
    const { definition } = await handle.query<Metadata>('__temporal_workflow_metadata');
    await handle.terminate();
    return definition.updateDefinitions.map(({ name }) => name);
  });
}

it('the sentinel, whose turns have no mark, takes no update', async () => {
  expect(await updatesOf('sentinel')).toEqual([]);
  expect(await updatesOf('locks')).toEqual([locksNames.acquire, locksNames.decide]);
});

describe.concurrent('a turn', () => {
  it('of a timer that yields nothing leaves a mark', async () => {
    const events = await historyAfter(
      async (handle) => {
        const fired = async () =>
          (await handle.fetchHistory()).events?.some(
            (event) => event.workflowPropertiesModifiedEventAttributes,
          );
        await eventually(async () => expect(await fired()).toBe(true));
      },
      { quiet: 100 },
    );
    expect(events).toEqual(['timerFired', '|', mark]);
  });

  it.each<Work>(['nothing', 'a timer taken back'])(
    'of a signal that yields %s leaves a mark',
    async (work) => {
      const events = await historyAfter((handle) => signal(handle, work));
      expect(events).toEqual(['workflowExecutionSignaled', '|', mark]);
    },
  );

  it('of a signal that yields a command leaves nothing beside it', async () => {
    const events = await historyAfter((handle) => signal(handle, 'a timer'));
    expect(events).toEqual(['workflowExecutionSignaled', '|', 'timerStarted']);
  });

  it('of an update that is accepted leaves nothing beside it', async () => {
    const events = await historyAfter(async (handle) => {
      await handle.executeUpdate(doUpdate, { args: ['nothing'] });
    });
    expect(events).toEqual(['|', 'workflowExecutionUpdateAccepted', 'workflowExecutionUpdateCompleted']);
  });

  it('is none when an update is refused, or a query answered', async () => {
    const events = await historyAfter(async (handle) => {
      await refuse(handle);
      await handle.query(lateQuery);
      await refuse(handle);
    });
    expect(events).not.toContain(mark);
  });

  it('brings the time: a refused update and a query do not', async () => {
    const lateAfter = 300;
    const seen: boolean[] = [];
    const look = async (handle: Handle) => seen.push(await handle.query(lateQuery));
    const events = await historyAfter(
      async (handle) => {
        // It began before it was asked for the first time.
        await sleep(2 * lateAfter);
        await refuse(handle);
        await look(handle);
        await signal(handle, 'nothing');
        await look(handle);
      },
      { lateAfter },
    );
    expect(seen).toEqual([false, true]);
    expect(events.filter((event) => event === mark)).toHaveLength(1);
  });

  it('of an accepted update brings the time, too', async () => {
    const lateAfter = 300;
    await historyAfter(
      async (handle) => {
        // It began before it was asked for the first time.
        await sleep(2 * lateAfter);
        await handle.executeUpdate(doUpdate, { args: ['nothing'] });
        expect(await handle.query(lateQuery)).toBe(true);
      },
      { lateAfter },
    );
  });
});
