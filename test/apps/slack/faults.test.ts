import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import type { Fault } from '../../support/slack/fault-proxy.js';
import type { StandingRollout } from '../../support/slack/rollout.js';
import { clickedPlan } from './plans.js';

let workspace: Workspace;
let rollout: StandingRollout;

/** What hangs is given up soon. */
const patience = 1_500;

beforeEach(async ({ task }) => {
  workspace = await startWorkspace(/nobody waits|nothing comes/.test(task.name) ? patience : undefined);
  rollout = workspace.rollout(clickedPlan());
  rollout.ask('approve/go', 25);
});
afterEach(async () => {
  expect(workspace.proxy.tooBig).toEqual([]);
  await workspace.close();
});

/** Tries until everything stands, as a process does that goes on: without its pauses. */
async function untilSaid(): Promise<void> {
  for (let round = 0; round < 12; round++) {
    workspace.store.hurry();
    await workspace.tell(rollout);
  }
}

const idsOf = async () => {
  const all = await workspace.messages();
  const replies = await Promise.all(all.map(({ ts }) => workspace.replies(ts)));
  return [...all, ...replies.flat()].map((message) => {
    const { metadata } = message as unknown as { metadata: { event_payload: { id: string } } };
    return metadata.event_payload.id;
  });
};

describe('nothing is said twice', () => {
  const faults: Readonly<Record<string, readonly Fault[]>> = {
    'when the answer is lost': [{ type: 'lost' }],
    'when the answer is lost again and again': [{ type: 'lost' }, { type: 'lost' }, { type: 'lost' }],
    'when a machine in between says that it failed, and it was done': [{ type: 'done-but-broken' }],
    'when a machine in between says that it failed, and it was not done': [
      { type: 'broken' },
      { type: 'broken' },
    ],
    'when it is done after nobody waits for it any more': [{ type: 'late', ms: 2_500 }],
    'when nothing comes back': [{ type: 'hangs' }],
  };
  for (const [when, queue] of Object.entries(faults)) {
    it(when, async () => {
      workspace.proxy.next('chat.postMessage', ...queue);
      await workspace.tell(rollout);
      // What is late is done by then.
      await workspace.proxy.settled();
      await untilSaid();
      const ids = await idsOf();
      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(3);
      expect(workspace.store.rows.every(({ said, wantedSaid }) => said === wantedSaid)).toBe(true);
    });
  }
});

it('waits as long as Slack asks, in that channel, and says the newest then', async () => {
  workspace.proxy.next('chat.postMessage', { type: 'busy', seconds: 3_600 });
  await workspace.tell(rollout);
  expect(workspace.proxy.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1);
  rollout.state.exposure = 30;
  await workspace.tell(rollout);
  expect(workspace.proxy.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1);
  await untilSaid();
  expect((await workspace.messages()).map(({ text }) => text).join()).toContain('from 30 %');
});

it('does not ask a question that was settled before it could be asked', async () => {
  workspace.proxy.next('chat.postMessage', { type: 'busy', seconds: 1 });
  await workspace.tell(rollout);
  delete rollout.state.gate;
  rollout.record('gate-passed', 'approved by ana, ben', { step: 'approve/go', epoch: 0 });
  await untilSaid();
  const texts = (await workspace.messages()).map(({ text }) => text);
  expect(texts).toHaveLength(1);
  expect(texts[0]).toContain('split-name in shared');
});

describe('a message that somebody deleted', () => {
  const gone = { type: 'answers', body: { ok: false, error: 'message_not_found' } } as const;
  const posts = () =>
    workspace.proxy.calls.filter(({ method, body }) => {
      return method === 'chat.postMessage' && String(body['text']).includes('go?');
    });

  it('is posted again once, as it is now, and works', async () => {
    await workspace.tell(rollout);
    workspace.proxy.next('chat.update', gone, gone);
    rollout.state.exposure = 30;
    await untilSaid();
    expect(posts()).toHaveLength(2);
    expect(String(posts()[1]?.body['text'])).toContain('from 30 %');
    const question = (await workspace.messages()).findLast(({ text }) => text.includes('go?'))!;
    await workspace.click('ana', question, 'approve');
    expect(rollout.state.gate?.approvals.map(({ by }) => by)).toEqual(['ana']);
    await untilSaid();
    expect(workspace.store.rows.every(({ said, wantedSaid, dead }) => !dead && said === wantedSaid)).toBe(
      true,
    );
    expect(posts()).toHaveLength(2);
  });

  it('is not posted twice when the answer to that is lost', async () => {
    await workspace.tell(rollout);
    workspace.proxy.next('chat.update', gone, gone);
    workspace.proxy.next('chat.postMessage', { type: 'lost' }, { type: 'lost' });
    rollout.state.exposure = 30;
    await untilSaid();
    expect(posts()).toHaveLength(2);
  });

  it('is left alone when it is deleted again, and others are not kept waiting', async () => {
    await workspace.tell(rollout);
    for (const exposure of [30, 40, 50, 60]) {
      workspace.proxy.next('chat.update', gone, gone);
      rollout.state.exposure = exposure;
      await untilSaid();
    }
    expect(posts()).toHaveLength(2);
    expect(workspace.log.join('\n')).toContain('message_not_found');
    const updates = workspace.proxy.calls.filter(({ method }) => method === 'chat.update').length;
    rollout.state.exposure = 70;
    await untilSaid();
    expect(workspace.proxy.calls.filter(({ method }) => method === 'chat.update')).toHaveLength(updates);
  });
});

it('says the newest of a message that Slack did not take as it was', async () => {
  const odd = { type: 'answers', body: { ok: false, error: 'invalid_blocks' } } as const;
  workspace.proxy.next('chat.postMessage', odd, odd);
  await workspace.tell(rollout);
  rollout.state.exposure = 30;
  await untilSaid();
  expect((await workspace.messages()).map(({ text }) => text).join()).toContain('from 30 %');
});

it('says that something is late when it is', async () => {
  await workspace.store.say({
    rollout: rollout.id,
    about: 'steps/9',
    channel: workspace.slack.channel,
    rank: 5,
    happenedAt: Date.now() - 120_000,
    message: { text: 'exposed', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'exposed' } }] },
  });
  await workspace.speak();
  expect((await workspace.messages()).map(({ text }) => text)).toEqual([
    expect.stringMatching(/^🕓 late, of <!date.*: exposed$/),
  ]);
});
