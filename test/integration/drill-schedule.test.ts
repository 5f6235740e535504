import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { connectDrillSchedules, type DrillSchedules } from '../../apps/client/drill-schedules.js';
import { watchDrills } from '../../apps/worker/drill/overdue.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import type { Notice } from '../../src/engine/state/values.js';
import { scheduleIdOf } from '../../src/protocol/drill.js';
import { eventually } from '../support/eventually.js';
import '../support/servers.js';

const plan = splitCustomerName.evaluate({});
const day = 86_400_000;
let schedules: DrillSchedules;
let temporal: Client;

beforeAll(async () => {
  const address = inject('temporalAddress');
  schedules = await connectDrillSchedules({ address });
  temporal = new Client({ connection: await Connection.connect({ address }) });
});
afterAll(async () => {
  await schedules.close();
  await temporal.connection.close();
});

/** An environment that nobody works for: drills of it start, and never end. */
function nobodys() {
  const environment = `t${randomBytes(5).toString('hex')}`;
  const schedule = scheduleIdOf(environment, plan.runbook);
  const input = { environment, plan, digest: planDigest(plan), startedBy: 'ana', timeScale: 0.02 };
  const shown = async () => (await schedules.list()).find((one) => one.schedule === schedule);
  return { environment, schedule, input, shown };
}

it('starts drills, one at a time, until it is paused, and again when it is resumed', async () => {
  const { schedule, input, shown } = nobodys();
  const made = await schedules.create({ every: 7 * day }, input);
  expect(made).toMatchObject({ schedule, recurrence: { every: 7 * day }, paused: false });
  expect(made.next).toBeGreaterThan(Date.now());
  await schedules.trigger(schedule);
  const started = await eventually(async () => {
    const found = (await shown())?.last?.drill;
    expect(found).toMatch(new RegExp(`^${schedule}-`));
    return found!;
  });
  const handle = temporal.workflow.getHandle(started);
  expect(await handle.describe()).toMatchObject({ type: 'drill', status: { name: 'RUNNING' } });
  await schedules.pause(schedule, 'paused by ana');
  await eventually(async () => expect(await shown()).toMatchObject({ paused: true, note: 'paused by ana' }));
  await schedules.resume(schedule, 'resumed by ana');
  await eventually(async () => expect(await shown()).toMatchObject({ paused: false }));
  await schedules.delete(schedule);
  await eventually(async () => expect(await shown()).toBeUndefined());
  await handle.terminate();
});

it('is refused when it is there already, never comes, or is no cron; and what is not there is told', async () => {
  const { schedule, input, shown } = nobodys();
  await expect(schedules.create({ cron: '0 0 31 2 *' }, input)).rejects.toThrow(/never comes/);
  expect(await shown()).toBeUndefined();
  await expect(schedules.create({ cron: 'tomorrow' }, input)).rejects.toThrow('cron tomorrow: is none');
  await schedules.create({ cron: '0 4 * * 1' }, input);
  await expect(schedules.create({ every: day }, input)).rejects.toThrow(/exists already/);
  await schedules.delete(schedule);
  await expect(schedules.pause(schedule, 'why not')).rejects.toThrow(/does not exist/);
});

it('calls somebody when its drills do not come, or it is paused, once; and not when they do', async () => {
  const { environment, schedule, input } = nobodys();
  const notices: Notice[] = [];
  const ended = new AbortController();
  let drilledAt: number | undefined;
  const watching = watchDrills({
    client: temporal,
    drills: environment,
    drilledAt: () => Promise.resolve(drilledAt),
    notify: async (notice) => void notices.push(notice),
    signal: ended.signal,
    every: 200,
  });
  const texts = () => notices.map(({ text }) => text);
  try {
    // Every second a drill should come to its end, and nobody carries one out.
    await schedules.create({ every: 1_000 }, input);
    await eventually(() => expect(texts()).toEqual([expect.stringMatching(/is overdue: it comes every 1s/)]));
    expect(notices[0]).toMatchObject({ rollout: schedule, urgency: 'incident' });
    drilledAt = Date.now() + day;
    await schedules.pause(schedule, 'a drill had failed');
    await eventually(() => expect(texts().at(-1)).toMatch(/is paused \(a drill had failed\)/));
  } finally {
    ended.abort();
    await watching;
    await schedules.delete(schedule);
    for await (const { workflowId, runId } of temporal.workflow.list({
      query: `WorkflowId STARTS_WITH '${schedule}' AND ExecutionStatus = 'Running'`,
    }))
      await temporal.workflow.getHandle(workflowId, runId).terminate();
  }
});
