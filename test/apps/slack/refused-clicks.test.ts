import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import { askIn, decisionsOf, textOf } from './asked.js';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await startWorkspace();
});
afterEach(() => {
  expect(workspace.proxy.tooBig).toEqual([]);
});
afterAll(() => workspace.close());

const asking = (step?: string) => askIn(workspace, step);

it('refuses such a click also when somebody forges the button', async () => {
  const { rollout, question } = await asking();
  const { blocks = [] } = await question();
  const value = blocks
    .flatMap(({ elements = [] }) => elements)
    .find(({ action_id }) => action_id === 'approve')?.value;
  rollout.state.gate = undefined as never;
  rollout.ask('approve/purge', 25);
  await workspace.tell(rollout);
  const purge = workspace.store.rows.findLast(({ about }) => about === 'gate/approve/purge/0')!;
  const forged = {
    type: 'button',
    action_id: 'approve',
    action_ts: '9.9',
    value: `${purge.id}.${value!.split('.')[1]}`,
  };
  await workspace.click('ana', await question(), 'approve', { actions: [forged] });
  expect(decisionsOf(rollout)).toEqual([{ by: 'ana', via: 'slack', decision: 'approve', accepted: false }]);
  expect(workspace.whispers('ana').at(-1)).toMatch(
    /you may not decide \*purge\*.*needs a token or a sign-in/,
  );
});

it('tells whoever has no right so, alone and in place, and the journal keeps that they tried', async () => {
  const { rollout, question } = await asking();
  const { users } = workspace.slack;
  await workspace.click('dora', await question(), 'approve');
  expect(workspace.whispers('dora').at(-1)).toBe(
    `🚫 *Nothing was decided: you may not decide *go*.* dora has no right to approve on ${rollout.plan.runbook}: ana, ben, cleo may. Who can: <@${users['ana']}> and <@${users['ben']}>.`,
  );
  await workspace.click('mallory', await question(), 'approve');
  expect(workspace.whispers('mallory').at(-1)).toMatch(
    /you may not decide \*go\*.*nobody that this environment knows/,
  );
  await workspace.click('cleo', await question(), 'approve');
  expect(workspace.whispers('cleo').at(-1)).toMatch(/four eyes/);
  expect(decisionsOf(rollout).map(({ by, accepted }) => [by, accepted])).toEqual([
    ['dora', false],
    [`slack:${workspace.slack.team}/${workspace.stranger}`, false],
    ['cleo', false],
  ]);
  expect(rollout.state.gate?.approvals).toEqual([]);
});

it('tells whoever clicks twice that it changed nothing, and how many are missing', async () => {
  const { rollout, question } = await asking();
  await workspace.click('ana', await question(), 'approve');
  await workspace.click('ana', await question(), 'approve');
  expect(workspace.whispers('ana').at(-1)).toBe(
    '☑️ *You have answered *go* already: your click changed nothing.* One more person has to approve.',
  );
  expect(rollout.state.gate?.approvals.map(({ by }) => by)).toEqual(['ana']);
});

it('tells whoever comes too late what was decided', async () => {
  const { question, rollout } = await asking();
  const old = await question();
  await workspace.click('ana', old, 'approve');
  await workspace.click('ben', old, 'approve');
  await workspace.click('cleo', old, 'approve');
  expect(workspace.whispers('cleo').at(-1)).toBe(
    '⌛ *Nothing was decided: your click came too late.* *go* was settled before: approved by ana, ben.',
  );
  expect(decisionsOf(rollout).at(-1)).toMatchObject({ by: 'cleo', accepted: false });
});

it('tells whoever clicks on the question of the first climb, or on a message that nobody knows, that it asks nothing', async () => {
  const { question, rollout } = await asking();
  const first = await question();
  rollout.ask('approve/go', 25);
  await workspace.tell(rollout);
  expect(textOf(await question())).toMatch(/🔁 asked again/);
  await workspace.click('ana', first, 'approve');
  expect(workspace.whispers('ana').at(-1)).toMatch(
    /this message asks nothing any more.*go was asked again since/,
  );
  expect(decisionsOf(rollout)).toMatchObject([{ by: 'ana', accepted: false }]);
  expect(rollout.state.gate?.approvals).toEqual([]);

  const unknown = {
    type: 'button',
    action_id: 'approve',
    action_ts: '9.8',
    value: `nobody-knows-it.${'0'.repeat(64)}`,
  };
  await workspace.click('ben', first, 'approve', { actions: [unknown] });
  expect(workspace.whispers('ben').at(-1)).toMatch(/this message asks nothing any more/);
});

it('takes groups as of the answer, also of somebody who left while the dialog was open', async () => {
  const { question, rollout } = await asking();
  await workspace.click('ben', await question(), 'reject');
  workspace.configure((environment) => ({
    ...environment,
    principals: { ...environment.principals, ben: { ...environment.principals!['ben']!, groups: [] } },
  }));
  await workspace.submit('ben', 'no');
  workspace.configure((environment) => ({
    ...environment,
    principals: { ...environment.principals, ben: { ...environment.principals!['ben']!, groups: ['sre'] } },
  }));
  expect(decisionsOf(rollout)).toMatchObject([{ by: 'ben', accepted: false }]);
  expect(rollout.state.unwinding).toBeUndefined();
  expect(workspace.whispers('ben').at(-1)).toMatch(/you may not decide/);
});

it('refuses people of another workspace, guests, and accounts that were ended', async () => {
  const { question, rollout } = await asking();
  const user = workspace.slack.users['ana']!;
  const answer = (more: object) => ({
    type: 'answers' as const,
    body: { ok: true, user: { id: user, team_id: workspace.slack.team, ...more } },
  });
  await workspace.click('ana', await question(), 'approve', { user: { id: user, team_id: 'T0ELSEWHERE' } });
  expect(workspace.whispers('ana').at(-1)).toMatch(
    /workspace T0ELSEWHERE is not the one whose people decide here/,
  );
  await workspace.click('ana', await question(), 'approve', { team: { id: 'T0ELSEWHERE' } });
  for (const [more, why] of [
    [{ is_restricted: true }, /is a guest's/],
    [{ is_stranger: true }, /is a stranger's/],
    [{ deleted: true }, /is deactivated/],
    [{ is_bot: true }, /is a bot's/],
  ] as const) {
    workspace.proxy.next('users.info', answer(more));
    await workspace.click('ana', await question(), 'approve');
    expect(workspace.whispers('ana').at(-1)).toMatch(why);
  }
  expect(rollout.state.gate?.approvals).toEqual([]);
  expect(decisionsOf(rollout)).toHaveLength(6);
  expect(decisionsOf(rollout).every(({ accepted }) => accepted === false)).toBe(true);
});

it('approves nothing while Slack cannot say whose account it is, and rolls back all the same', async () => {
  const { question, rollout } = await asking();
  workspace.proxy.next('users.info', { type: 'broken' });
  await workspace.click('ana', await question(), 'approve');
  expect(workspace.whispers('ana').at(-1)).toMatch(/Slack does not say now whose account this is/);
  expect(rollout.state.gate?.approvals).toEqual([]);
  await workspace.click('ana', await question(), 'reject');
  workspace.proxy.next('users.info', { type: 'broken' });
  await workspace.submit('ana', 'errors rise');
  expect(rollout.state.unwinding?.cause).toMatchObject({
    type: 'rejected',
    by: 'ana',
    reason: 'errors rise',
  });
});

it('tells whoever clicked when a dialog did not open, and decides all the same when somebody cannot be told', async () => {
  const { rollout, question } = await asking();
  workspace.proxy.next('views.open', { type: 'answers', body: { ok: false, error: 'expired_trigger_id' } });
  await workspace.click('ben', await question(), 'reject');
  expect(workspace.whispers('ben').at(-1)).toMatch(/Nothing was decided: the dialog did not open in time/);
  workspace.proxy.next('chat.postEphemeral', {
    type: 'answers',
    body: { ok: false, error: 'user_not_in_channel' },
  });
  const told = workspace.whispers('dora').length;
  await workspace.click('dora', await question(), 'approve');
  // Once, and not a second time with another reason.
  expect(workspace.whispers('dora')).toHaveLength(told + 1);
  expect(decisionsOf(rollout)).toMatchObject([{ by: 'dora', accepted: false }]);
  expect(workspace.log.at(-1)).toMatch(/could not be told: .*user_not_in_channel/);
});
