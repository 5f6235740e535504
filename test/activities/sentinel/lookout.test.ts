import type { Client } from '@temporalio/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Lookout } from '../../../activities/sentinel/lookout.js';
import { Outage } from '../../../activities/sentinel/outage.js';
import { WatchPost } from '../../../activities/sentinel/post.js';
import type { Notice } from '../../../src/engine/state/values.js';
import { sentinelNames } from '../../../src/protocol/sentinel.js';

const rollout = 'rollout/e/search/k1';
const sentinel = 'sentinel/e';

/** A server as far as a lookout asks it: how the sentinel stands, and who takes which signals. */
let server: {
  status: 'RUNNING' | 'PAUSED' | 'TERMINATED';
  /** When the activity gave a sign of life last; it gives one at each look while it `beats`. */
  beats: boolean;
  refuses: Set<string>;
  signals: { readonly workflow: string; readonly name: string }[];
};
let notices: Notice[];
let ended: AbortController;
let lookingOut: Promise<void>;

const of = (kind: string) => notices.filter((notice) => notice.kind === kind);
const heard = (workflow: string) =>
  server.signals.filter((signal) => signal.workflow === workflow).map(({ name }) => name);
const standing = () => notices.filter(({ text }) => text.startsWith(`${sentinel} is paused`));

function clientOf(): Client {
  let beat = 0;
  const describe = () => {
    const lastHeartbeatTime = { seconds: server.beats ? ++beat : beat, nanos: 0 };
    const pendingActivities = [{ activityId: '1', attempt: 1, lastHeartbeatTime }];
    const ends = server.status === 'TERMINATED';
    return Promise.resolve({
      runId: 'r1',
      workflowId: sentinel,
      status: { name: server.status },
      raw: { pendingActivities: ends ? [] : pendingActivities },
    });
  };
  const getHandle = (workflow: string) => ({
    describe,
    signal: (name: string) => {
      if (server.refuses.has(workflow)) return Promise.reject(new Error('signal count limit exceeded'));
      return Promise.resolve(void server.signals.push({ workflow, name }));
    },
    query: () => (server.status === 'RUNNING' ? Promise.resolve({}) : Promise.reject(new Error('no answer'))),
  });
  const list = () => [{ workflowId: rollout }];
  const call = (_: unknown, made: () => unknown) => made();
  return {
    workflow: { getHandle, list },
    withDeadline: call,
    withAbortSignal: call,
  } as unknown as Client;
}

beforeEach(() => {
  vi.useFakeTimers();
  server = { status: 'RUNNING', beats: true, refuses: new Set(), signals: [] };
  notices = [];
  ended = new AbortController();
  const tools = {
    client: clientOf(),
    environment: 'e',
    notify: (notice: Notice) => Promise.resolve(void notices.push(notice)),
    exposedAmong: (rollouts: readonly string[]) =>
      Promise.resolve(rollouts.map((id) => ({ rollout: id, percent: 20, byHand: ['by hand: put it back'] }))),
    byHand: () => Promise.resolve([]),
    warn: () => undefined,
  };
  const outage = new Outage({ ...tools, post: new WatchPost() });
  lookingOut = new Lookout({ ...tools, outage, signal: ended.signal }).run();
});
afterEach(async () => {
  ended.abort();
  await vi.advanceTimersByTimeAsync(5_000);
  await lookingOut;
  vi.useRealTimers();
});

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);

it('is silent while the activity that watches beats', async () => {
  await seconds(120);
  expect(notices).toEqual([]);
  expect(server.signals).toEqual([]);
});

it('tells the sentinel once for each silence, which tells everybody', async () => {
  server.beats = false;
  await seconds(9);
  expect(server.signals).toEqual([]);
  await seconds(60);
  expect(heard(sentinel)).toEqual([sentinelNames.unwatched]);
  expect(notices).toEqual([]);
  server.beats = true;
  await seconds(4);
  server.beats = false;
  await seconds(20);
  expect(heard(sentinel)).toEqual([sentinelNames.unwatched, sentinelNames.unwatched]);
});

it('tells who is exposed directly when the sentinel does not, and calls with exposure and what to do', async () => {
  server.status = 'TERMINATED';
  await seconds(30);
  expect(heard(rollout)).toEqual([sentinelNames.blind]);
  expect(of('blind')).toMatchObject([{ urgency: 'incident', exposure: 20 }]);
  expect(of('blind')[0]?.text).toMatch(/does not run \(ended\).*rollout\/e\/search\/k1 20 %.*They were told/);
  expect(of('blind')[0]?.todo).toEqual([
    expect.stringContaining('switchback repair sentinel --env e'),
    `${rollout}: by hand: put it back`,
  ]);
});

it('sends it again to a run that takes no more signals, until one takes it', async () => {
  server.status = 'TERMINATED';
  server.refuses.add(rollout);
  await seconds(30);
  expect(heard(rollout)).toEqual([]);
  expect(of('blind')).toMatchObject([{ text: expect.stringContaining('1 of them could not be told') }]);
  server.refuses.clear();
  await seconds(30);
  expect(heard(rollout)).toEqual([sentinelNames.blind]);
  expect(of('blind')).toHaveLength(1);
});

it('calls once about a sentinel that is paused while its activity goes on', async () => {
  server.status = 'PAUSED';
  await seconds(600);
  expect(notices).toEqual(standing());
  expect(standing()).toHaveLength(1);
  expect(standing()[0]?.text).toContain(`temporal workflow unpause --workflow-id ${sentinel}`);
  server.status = 'RUNNING';
  await seconds(30);
  server.status = 'PAUSED';
  await seconds(60);
  expect(standing()).toHaveLength(2);
});

it('calls once about a sentinel that is paused and silent, too: that nobody watches says both', async () => {
  server.status = 'PAUSED';
  server.beats = false;
  await seconds(600);
  expect(notices).toEqual(of('blind'));
  expect(of('blind')).toHaveLength(1);
  expect(of('blind')[0]?.todo?.[0]).toContain('temporal workflow unpause');
});
