import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NoticeEvent } from '../../../activities/notify/event.js';
import { incidents } from '../../../apps/slack/tell/incidents.js';
import type { Channel } from '../../../activities/notify/channels/channel.js';
import type { Environment } from '../../../apps/config/config.js';
import { messagesIn, repliesTo } from '../../../apps/local/slack-workspace.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import type { StandingRollout } from '../../support/slack/rollout.js';
import { textOf, titleOf } from './asked.js';
import { clickedPlan } from './plans.js';

let workspace: Workspace;
let rollout: StandingRollout;
let channel: Channel;
const { signal } = new AbortController();

beforeEach(async () => {
  workspace = await startWorkspace();
  rollout = workspace.rollout(clickedPlan());
  let environment = {} as Environment;
  workspace.configure((now) => (environment = now));
  const { slack, store } = workspace;
  const section = { token: '', team: slack.team, channel: slack.channel, incidents: slack.incidents };
  channel = incidents({
    client: rollout.client,
    history: rollout.client.journal,
    slack: section,
    store,
    now: () => environment,
  });
});
afterEach(async () => {
  expect(workspace.proxy.tooBig).toEqual([]);
  await workspace.close();
});

const event = (id: string, more: Partial<NoticeEvent> = {}): NoticeEvent => ({
  id,
  type: 'incident',
  at: new Date().toISOString(),
  environment: 'shared',
  rollout: rollout.id,
  text: 'the flag cannot be put back: EBUSY',
  owner: 'team-one',
  kind: 'still-exposed',
  exposure: 25,
  todo: ['put flag:split back by hand, then retry'],
  ...more,
});
const inIncidents = () => messagesIn(workspace.slack, workspace.slack.incidents);

it('calls the owner once, with what a person does now, and tells the rest in the thread', async () => {
  await channel.deliver(event('1'), signal);
  await channel.deliver(event('1'), signal);
  await channel.deliver(event('2', { text: 'the flag cannot be put back for 5 minutes' }), signal);
  await workspace.speak();
  await workspace.speak();
  const [message, ...others] = await inIncidents();
  expect(others).toEqual([]);
  const text = textOf(message!);
  expect(text).toContain('🆘 Still exposed: split-name in shared');
  expect(text).toContain(
    `team-one: <@${workspace.slack.users['ana']}> and <@${workspace.slack.users['cleo']}>`,
  );
  expect(text).toContain('put flag:split back by hand, then retry');
  expect(text).toContain(`npx switchback why ${rollout.id}`);
  const replies = await repliesTo(workspace.slack, workspace.slack.incidents, message!.ts);
  expect(replies.map(({ text }) => text)).toEqual([
    expect.stringMatching(/the flag cannot be put back for 5 minutes/),
  ]);
});

it('closes each incident with the outcome and a timeline to paste', async () => {
  await channel.deliver(event('1'), signal);
  await channel.deliver(event('2', { kind: 'needs-operator', text: 'restore split: it failed' }), signal);
  await workspace.speak();
  const news: Partial<NoticeEvent> = {
    type: 'news',
    outcome: 'rolled-back',
    text: 'rolled back and verified',
  };
  await channel.deliver(event('3', news), signal);
  await channel.deliver(event('3', news), signal);
  await workspace.speak();
  const messages = await inIncidents();
  expect(messages.map((message) => message.blocks?.[0]?.text?.text)).toEqual([
    '✅ Over, rolled-back: split-name in shared',
    '✅ Over, rolled-back: split-name in shared',
  ]);
  const [reply, ...more] = await repliesTo(workspace.slack, workspace.slack.incidents, messages[0]!.ts);
  expect(more).toEqual([]);
  expect(textOf(reply!)).toContain('🏁 rolled back and verified');
  expect(textOf(reply!)).toContain('# Timeline of');
  expect(textOf(reply!)).toContain('**started**');
});

it('tells nothing there of a rollout that ended without any', async () => {
  await channel.deliver(event('1', { type: 'news', outcome: 'completed', text: 'completed' }), signal);
  await workspace.speak();
  expect(await inIncidents()).toEqual([]);
});

it('says of a rollback that nobody has to do anything yet, and shows all of a long timeline in parts', async () => {
  for (let number = 0; number < 120; number++)
    rollout.record('warning', `${number}: ${'something long '.repeat(10)}`);
  await channel.deliver(event('1', { kind: 'rolling-back', todo: undefined as never }), signal);
  await workspace.speak();
  const [open] = await inIncidents();
  expect(textOf(open!)).toContain('nothing yet: everything is taken back by itself');
  await channel.deliver(event('2', { type: 'news', outcome: 'rolled-back', text: 'rolled back' }), signal);
  await workspace.speak();
  const [message] = await inIncidents();
  expect(textOf(message!)).not.toMatch(/What to do|Exposed/);
  const [reply] = await repliesTo(workspace.slack, workspace.slack.incidents, message!.ts);
  expect(reply?.blocks?.length).toBeGreaterThan(5);
  for (const number of [0, 60, 119]) expect(textOf(reply!)).toContain(`: ${number}: something long`);
});

const sentinel = (id: string, more: Partial<NoticeEvent> = {}): NoticeEvent => {
  const { exposure: _, owner: __, ...of } = event(id, { rollout: 'sentinel/shared', kind: 'blind', ...more });
  return of;
};
const titles = async () => (await inIncidents()).map(titleOf);

it('calls anew when the same befalls an environment again after it was over', async () => {
  await channel.deliver(
    sentinel('1', { kind: 'temporal-silent', text: 'Temporal does not answer for 5 s' }),
    signal,
  );
  await workspace.speak();
  const over = { type: 'news', kind: 'temporal-silent', text: 'Temporal answers again, after 20 s' } as const;
  await channel.deliver(sentinel('2', over), signal);
  await workspace.speak();
  expect(await titles()).toEqual(['✅ Over: the sentinel of shared']);
  const [first] = await inIncidents();
  const replies = await repliesTo(workspace.slack, workspace.slack.incidents, first!.ts);
  expect(replies.map(({ text }) => text)).toEqual([
    expect.stringContaining('Temporal answers again, after 20 s'),
  ]);
  await channel.deliver(
    sentinel('3', { kind: 'temporal-silent', text: 'Temporal does not answer for 6 s' }),
    signal,
  );
  await workspace.speak();
  expect(await titles()).toEqual([
    '✅ Over: the sentinel of shared',
    '🆘 Temporal does not answer: the sentinel of shared',
  ]);
  // Heard twice, it is the same.
  await channel.deliver(
    sentinel('3', { kind: 'temporal-silent', text: 'Temporal does not answer for 6 s' }),
    signal,
  );
  await workspace.speak();
  expect(await titles()).toHaveLength(2);
  expect((await titles())[1]).toMatch(/^🆘/);
});

it('calls for each trouble of an environment that has no name of its own, and again when one is old', async () => {
  const locks = (id: string, text: string) => {
    const { kind: _, ...of } = sentinel(id, { rollout: 'locks/shared', text });
    return channel.deliver(of, signal);
  };
  await locks('1', 'its workflow is paused for 12 s: nobody starts');
  await locks('2', 'its workflow is paused for 300 s: nobody starts');
  await locks('3', 'the stop could not pause those that run: no answer');
  await workspace.speak();
  expect(await titles()).toHaveLength(2);
  // What stands in Slack since yesterday is read by nobody any more.
  const [old] = workspace.store.rows;
  old!.ts = String(Number(old!.ts) - 86_400);
  await locks('4', 'its workflow is paused for 13 s: nobody starts');
  await workspace.speak();
  expect(await titles()).toHaveLength(3);
});

it('tells in the thread of an incident that a rollout is well again, and calls anew when it is not', async () => {
  await channel.deliver(event('1', { kind: 'blind', text: 'nobody watches it' }), signal);
  await workspace.speak();
  await channel.deliver(event('2', { type: 'news', kind: 'blind', text: 'it is watched again' }), signal);
  await channel.deliver(event('3', { kind: 'blind', text: 'nobody watches it' }), signal);
  await workspace.speak();
  expect(await titles()).toEqual([
    '✅ Over: split-name in shared',
    '🆘 Nobody watches: split-name in shared',
  ]);
  await channel.deliver(event('4', { type: 'news', outcome: 'completed', text: 'completed' }), signal);
  await workspace.speak();
  expect(await titles()).toEqual([
    '✅ Over, completed: split-name in shared',
    '✅ Over, completed: split-name in shared',
  ]);
});

it('calls again, in the thread, when a person has to act another time', async () => {
  const needs = (id: string, step: string) =>
    channel.deliver(
      event(id, { kind: 'needs-operator', text: `needs an operator at ${step}: it failed` }),
      signal,
    );
  await needs('1', 'restore/split');
  await needs('2', 'drop/columns');
  await workspace.speak();
  const [message, ...others] = await inIncidents();
  expect(others).toEqual([]);
  const [reply] = await repliesTo(workspace.slack, workspace.slack.incidents, message!.ts);
  expect(textOf(reply!)).toContain('needs an operator at drop/columns');
  expect(textOf(reply!)).toContain(`<@${workspace.slack.users['ana']}>`);
  expect(textOf(reply!)).toContain(`npx switchback why ${rollout.id}`);
});

it('is not shown as over while somebody has to look at the baseline, and says what they do', async () => {
  const reason = 'rolled back and verified, but the baseline is not confirmed: no evidence';
  const { todo: _, ...unconfirmed } = event('1', { kind: 'unconfirmed', text: reason });
  await channel.deliver(event('0', { kind: 'still-exposed' }), signal);
  await channel.deliver(unconfirmed, signal);
  await workspace.speak();
  const end = {
    type: 'news',
    outcome: 'rolled-back',
    unconfirmed: true,
    text: 'rolled-back: aborted',
  } as const;
  await channel.deliver(event('2', end), signal);
  await workspace.speak();
  expect(await titles()).toEqual([
    '✅ Over, rolled-back: split-name in shared',
    '⚠️ Rolled back, and not seen to be well: split-name in shared',
  ]);
  const [closed, open] = await inIncidents();
  expect(textOf(open!)).toMatch(/\*What to do\*\n• see by other means whether/);
  // What had to be done before it was over has not to be done any more.
  expect(textOf(closed!)).not.toContain('What to do');
  expect(textOf(closed!)).toContain(`npx switchback why ${rollout.id}`);
  const [reply] = await repliesTo(workspace.slack, workspace.slack.incidents, open!.ts);
  expect(textOf(reply!)).toContain('# Timeline of');
});

it('names the commands by which an operator goes on, and those by which an orphan is taken back', async () => {
  const bare = (id: string, kind: 'needs-operator' | 'orphan') => {
    const { todo: _, ...of } = event(id, { kind });
    return channel.deliver(of, signal);
  };
  await bare('1', 'needs-operator');
  await bare('2', 'orphan');
  await workspace.speak();
  const [needs, orphan] = (await inIncidents()).map(textOf);
  expect(needs).toContain(`npx switchback retry ${rollout.id}`);
  expect(orphan).toContain(`npx switchback rescue ${rollout.id}`);
});
