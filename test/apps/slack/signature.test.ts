import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitPerUser } from '../../../apps/slack/receive/limit.js';
import { signaturesOf } from '../../../apps/slack/receive/signature.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import { clickedPlan } from './plans.js';

const secret = 'signed-by-hand';
const now = Date.parse('2026-12-01T00:00:00Z');
const at = (seconds: number) => Math.floor(now / 1_000) + seconds;
const sign = (time: number, body: string, by = secret) =>
  `v0=${createHmac('sha256', by).update(`v0:${time}:${body}`).digest('hex')}`;
const headers = (time: number, body: string, by?: string) => ({
  'x-slack-request-timestamp': String(time),
  'x-slack-signature': sign(time, body, by),
});

describe('what Slack has signed', () => {
  it('counts once', () => {
    const signatures = signaturesOf(secret, () => now);
    expect(signatures.fault(headers(at(0), 'a'), 'a')).toBeUndefined();
    expect(signatures.fault(headers(at(0), 'a'), 'a')).toBe('it was here before');
    expect(signatures.fault(headers(at(0), 'b'), 'b')).toBeUndefined();
  });

  it('counts for five minutes, and not from a time to come', () => {
    const signatures = signaturesOf(secret, () => now);
    expect(signatures.fault(headers(at(-299), 'a'), 'a')).toBeUndefined();
    expect(signatures.fault(headers(at(-301), 'a'), 'a')).toMatch(/stale/);
    expect(signatures.fault(headers(at(59), 'a'), 'a')).toBeUndefined();
    // Bolt alone takes this one.
    expect(signatures.fault(headers(at(3_000), 'a'), 'a')).toMatch(/a time to come/);
  });

  it('counts for this very body, with this secret', () => {
    const signatures = signaturesOf(secret, () => now);
    expect(signatures.fault(headers(at(0), 'a'), 'b')).toMatch(/signature mismatch/);
    expect(signatures.fault(headers(at(0), 'a', 'another'), 'a')).toMatch(/signature mismatch/);
    expect(signatures.fault({}, 'a')).toBe('it is not signed');
    expect(signatures.fault({ ...headers(at(0), 'a'), 'x-slack-signature': 'v1=00' }, 'a')).toMatch(
      /version/,
    );
    expect(signatures.fault({ ...headers(at(0), 'a'), 'x-slack-request-timestamp': 'now' }, 'a')).toBe(
      'it is not signed',
    );
  });
});

it('lets nobody fill a journal: thirty acts of one user a minute, and others are not held up', () => {
  let at = 0;
  const mayAct = limitPerUser(() => at);
  const taken = Array.from({ length: 40 }, () => mayAct('U1')).filter(Boolean);
  expect([taken.length, mayAct('U2')]).toEqual([30, true]);
  at = 60_000;
  expect(mayAct('U1')).toBe(true);
});

describe('the receiver', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await startWorkspace();
  });
  afterAll(() => workspace.close());

  it('takes nothing that is not signed, and says so to whoever runs it', async () => {
    const rollout = workspace.rollout(clickedPlan());
    rollout.ask('approve/go', 25);
    await workspace.tell(rollout);
    const { id, wantedSaid } = workspace.store.rows.find(({ about }) => about.startsWith('gate/'))!;
    const user = { id: workspace.slack.users['ana'], team_id: workspace.slack.team };
    const payload = {
      type: 'block_actions',
      team: { id: workspace.slack.team },
      user,
      trigger_id: 't',
      actions: [{ action_id: 'approve', action_ts: '1.1', value: `${id}.${wantedSaid}` }],
    };
    expect(await workspace.send(payload, { secret: 'another' })).toBe(401);
    expect(await workspace.send(payload, { time: Math.floor(Date.now() / 1_000) - 3_600 })).toBe(401);
    expect(rollout.state.gate?.approvals).toEqual([]);
    expect(workspace.log.filter((line) => line.startsWith('refused a request'))).toHaveLength(2);

    const time = Math.floor(Date.now() / 1_000);
    expect(await workspace.send(payload, { time })).toBe(200);
    expect(await workspace.send(payload, { time })).toBe(401);
    expect(rollout.state.gate?.approvals.map(({ by }) => by)).toEqual(['ana']);
  });

  it('counts the same click once, also when another process takes it the second time', async () => {
    const rollout = workspace.rollout(clickedPlan('split-again'));
    rollout.ask('approve/go', 25);
    await workspace.tell(rollout);
    const question = (await workspace.messages()).at(-1)!;
    const value = workspace.store.rows.findLast(({ about }) => about.startsWith('gate/'))!;
    const action = { action_id: 'approve', action_ts: '7.7', value: `${value.id}.${value.wantedSaid}` };
    await workspace.click('ana', question, 'approve', { actions: [action] });
    const entries = rollout.state.journal.length;
    await workspace.click('ana', question, 'approve', { actions: [action] });
    expect(rollout.state.journal).toHaveLength(entries);
  });

  it('answers what it does not know, so that nobody is told of a fault', async () => {
    expect(await workspace.send({ type: 'shortcut', anything: 1 })).toBe(200);
    expect(await workspace.send({ type: 'block_actions' })).toBe(200);
    const response = await fetch(workspace.clicks.replace('/slack/events', '/elsewhere'));
    expect(response.status).toBe(404);
  });

  it('answers commands to those alone who typed them', async () => {
    const rollout = workspace.rollout(clickedPlan('split-commands'));
    rollout.ask('approve/go', 25);
    const command = (text: string, by: string) => ({
      command: '/switchback',
      text,
      team_id: workspace.slack.team,
      user_id: workspace.slack.users[by]!,
      channel_id: workspace.slack.channel,
      trigger_id: `t-${text}-${by}`,
    });
    await workspace.send(command(`abort ${rollout.id} too risky`, 'dora'), { form: true });
    expect(rollout.state.unwinding).toBeUndefined();
    await workspace.send(command(`abort ${rollout.id} too risky`, 'ana'), { form: true });
    expect(rollout.state.unwinding?.cause).toMatchObject({ type: 'aborted', by: 'ana', reason: 'too risky' });
  });
});
