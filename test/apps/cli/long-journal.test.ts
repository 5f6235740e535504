import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOptions } from '../../../apps/client/start-options.js';
import { rolloutType } from '../../../src/protocol/rollout.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { locksId } from '../../../src/protocol/locks.js';
import { initialState } from '../../../src/engine/state/state.js';
import { switchback, type Ran } from './console.js';
import { startEnvironment, type TestEnvironment } from './environment.js';
import { askingPlan, scratch } from './plans.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import { eventually } from '../../support/eventually.js';

let environment: TestEnvironment;
let files: Awaited<ReturnType<typeof scratch>>;
let rollout: string;
let config: string;

/** As many events as the last runs carried on, of all that were exported. */
const [carried, exported] = [20, 500];

beforeAll(async () => {
  files = await scratch();
  environment = await startEnvironment();
  const { name } = environment;
  config = await files.write('switchback.config.json', {
    environments: { [name]: environment.configured },
  });
  const plan = askingPlan();
  const digest = planDigest(plan);
  const own = { environment: name, startedBy: 'ana', digest };
  rollout = `rollout/${name}/${plan.runbook}/long`;
  const events = Array.from({ length: exported }, (_, index): JournalEvent => {
    const decided = { type: 'decision', reason: 'approve: refused, too early', by: 'ana' } as const;
    return { number: index + 1, at: 1_000 + index, ...decided };
  });
  await environment.records.journal.append(rollout, events);
  const journal = events.slice(-carried);
  // The first act is done: nothing that follows says that the scope is held.
  const place = { lock: { status: 'granted' }, ready: true, cursor: 1 } as const;
  const state = { ...initialState(plan, { ...own, rollout }), ...place, journal };
  await environment.client.workflow.start(
    rolloutType,
    startOptions(rollout, { format: 1, ...own, plan, exported, state }),
  );
  await eventually(async () => expect((await call('status', rollout)).stdout).toContain('approve/go'));
});
afterAll(async () => {
  await call('abort', rollout, '--as', 'ana', '--reason', 'it is a test');
  await environment?.client.workflow.getHandle(locksId(environment.name)).terminate();
  await environment?.stop();
  await files?.remove();
});

const call = (...args: readonly string[]): Promise<Ran> =>
  switchback([...args, '--address', environment.address]);

it('its timeline is Markdown, and says what it does not have', async () => {
  const json = (await call('timeline', rollout, '-o', 'json')).json<{ from: number; markdown: string }>();
  expect(json.from).toBe(481);
  expect(json.markdown).toContain('Events 1 to 480 are in the exported journal alone.');
  const { stdout } = await call('timeline', rollout);
  expect(stdout).toMatch(/^# Timeline of `rollout\/.*\/long`\n/);
});

it('what the newest run does not carry any more is said to be in the exported journal', async () => {
  const { stdout } = await call('journal', rollout);
  expect(stdout.split('\n')[0]).toBe(
    `events 1 to 480 are not in the workflow any more; they stand in the exported journal, which "switchback journal verify" checks`,
  );
  const json = (await call('journal', rollout, '-o', 'json')).json<{
    from: number;
    events: JournalEvent[];
  }>();
  expect(json.from).toBe(481);
  expect(json.events[0]?.number).toBe(481);
});

it('the exported journal is compared with what the history still says', async () => {
  const verify = () => call('journal', 'verify', rollout, '--config', config, '-o', 'json');
  await eventually(async () => expect((await verify()).json()).toMatchObject({ notYetExported: 0 }));
  const { events } = (await call('journal', rollout, '-o', 'json')).json<{ events: JournalEvent[] }>();
  expect((await verify()).json()).toMatchObject({
    verified: true,
    compared: true,
    entries: exported - carried + events.length,
  });
});

it('the scope is held, although the history does not say any more when it was acquired', async () => {
  const other = await files.write('other.json', askingPlan('other'));
  const ran = await call('start', other, '--env', environment.name, '--as', 'ana', '--no-wait');
  expect(ran.stderr).toContain(`thing:one is held or awaited by ${rollout}`);
  expect(ran.code).toBe(3);
});
