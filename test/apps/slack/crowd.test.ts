import { afterEach, beforeEach, expect, it } from 'vitest';
import { handle } from '../../../apps/slack/receive/handle.js';
import { lookAt } from '../../../apps/slack/tell/look-at.js';
import { tellRollout } from '../../../apps/slack/tell/tell-rollout.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import type { StandingRollout } from '../../support/slack/rollout.js';
import { clickedPlan } from './plans.js';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await startWorkspace();
});
afterEach(() => workspace.close());

/** Writes down what is to be said, and says nothing yet. */
async function writeDown(rollout: StandingRollout, before = 0): Promise<void> {
  const { door } = workspace;
  const told = await lookAt({ ...door, client: rollout.client, history: rollout.client.journal }, rollout.id);
  await tellRollout(door, told, before);
}

const posted = () =>
  workspace.proxy.calls.flatMap(({ method, body }) =>
    method === 'chat.postMessage' || method === 'chat.update' ? [String(body['text'])] : [],
  );

it('asks all questions first when thirty rollouts speak at once, and says everything once', async () => {
  const rollouts = Array.from({ length: 30 }, (_, index) => workspace.rollout(clickedPlan(`split-${index}`)));
  for (const rollout of rollouts) {
    rollout.ask('approve/go', 25);
    await writeDown(rollout);
  }
  await workspace.speak();
  const texts = posted();
  expect(texts.slice(0, 30).every((text) => text.startsWith('go?'))).toBe(true);
  expect(texts.slice(30, 60).every((text) => text.startsWith('✋'))).toBe(true);
  expect(texts).toHaveLength(90);
  expect(new Set(workspace.store.rows.map(({ ts }) => ts)).size).toBe(90);
});

it('asks a new question before it shows numbers that were measured again, and an answer before both', async () => {
  const [first, second] = [
    workspace.rollout(clickedPlan('split-a')),
    workspace.rollout(clickedPlan('split-b')),
  ];
  first.ask('approve/go', 25);
  await writeDown(first);
  await workspace.speak();
  const before = posted().length;
  first.state.readings = [{ guard: 'errors', verdict: 'pass', at: 0, reason: 'few', value: 0.001 }];
  await writeDown(first, first.state.journal.length);
  second.ask('approve/go', 25);
  await writeDown(second);
  await workspace.speak();
  expect(posted()[before]).toContain('go? split-b');
  expect(posted().at(-1)).toContain('go? split-a');
});

it('after an hour without Slack says the questions first, each thread in order and late, all once, and has kept no more than that', async () => {
  const rollouts = Array.from({ length: 5 }, (_, index) => workspace.rollout(clickedPlan(`split-${index}`)));
  const hour = 3_600_000;
  workspace.proxy.next(
    'chat.postMessage',
    ...Array.from({ length: 60 }, () => ({ type: 'broken' as const })),
  );
  for (let look = 0; look < 30; look++) {
    for (const rollout of rollouts) {
      rollout.record('act-done', `batch ${look} is done`);
      const { journal } = rollout.state;
      rollout.state.journal = [...journal.slice(0, -1), { ...journal.at(-1)!, at: Date.now() - hour }];
      await writeDown(rollout);
    }
    if (look < 12) {
      workspace.store.hurry();
      await workspace.speak();
    }
  }
  for (const rollout of rollouts) {
    rollout.ask('approve/go', 25);
    await writeDown(rollout);
  }
  // A question, a root and the steps of each: what was wanted meanwhile is not kept.
  expect(workspace.store.rows).toHaveLength(15);
  const before = workspace.proxy.calls.length;
  for (let round = 0; round < 3; round++) {
    workspace.store.hurry();
    await workspace.speak();
  }
  const said = workspace.proxy.calls
    .slice(before)
    .flatMap(({ method, body }) => (method === 'chat.postMessage' ? [String(body['text'])] : []));
  expect(said).toHaveLength(15);
  expect(said.slice(0, 5).every((text) => text.startsWith('go? split-'))).toBe(true);
  expect(said.slice(5, 10).every((text) => text.startsWith('✋ split-'))).toBe(true);
  for (const text of said.slice(10)) {
    expect(text).toMatch(/^🕓 late, of /);
    const batches = [...text.matchAll(/batch (\d+) is done/g)].map(([, number]) => Number(number));
    expect(batches).toEqual(batches.toSorted((one, other) => one - other));
    expect(batches.length).toBeGreaterThan(20);
  }
});

it('has decided nothing when its process dies after a click, and the button works at another', async () => {
  const rollout = workspace.rollout(clickedPlan());
  rollout.ask('approve/go', 25);
  await workspace.tell(rollout);
  const { id, wantedSaid } = workspace.store.rows.find(({ about }) => about.startsWith('gate/'))!;
  const payload = (action_ts: string) => ({
    type: 'block_actions',
    team: { id: workspace.slack.team },
    user: { id: workspace.slack.users['ana'], team_id: workspace.slack.team },
    channel: { id: workspace.slack.channel },
    trigger_id: 't',
    actions: [{ action_id: 'approve', action_ts, value: `${id}.${wantedSaid}` }],
  });
  // It has answered Slack, and goes no further.
  await handle(workspace.door, () => true, payload('1.1'));
  expect(rollout.state.gate?.approvals).toEqual([]);
  const { after } = await handle(workspace.door, () => true, payload('1.2'));
  await after?.();
  expect(rollout.state.gate?.approvals.map(({ by }) => by)).toEqual(['ana']);
});
