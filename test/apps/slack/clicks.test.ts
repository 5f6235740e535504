import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { verifySignature } from '../../../activities/identity/verify.js';
import { saidBy } from '../../../activities/slack/sealed.js';
import { doorsOf } from '../../../apps/config/identity/doors.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import type { StandingRollout } from '../../support/slack/rollout.js';
import type { StoredMessage } from '../../../apps/local/slack-workspace.js';
import { clickedPlan } from './plans.js';

let workspace: Workspace;
let number = 0;

beforeAll(async () => {
  workspace = await startWorkspace();
});
afterEach(() => {
  expect(workspace.proxy.tooBig).toEqual([]);
});
afterAll(() => workspace.close());

/** A rollout that asks, and the message by which it does. */
async function asking(
  step = 'approve/go',
): Promise<{ rollout: StandingRollout; question: () => Promise<StoredMessage> }> {
  const name = `split-name-${(number += 1)}`;
  const rollout = workspace.rollout(clickedPlan(name));
  rollout.record('act-done', 'every row has both shapes', {
    evidence: { rows: 12_345, merged: 0, batches: 3 },
  });
  rollout.record('act-done', 'every row is the same', { evidence: { rows: 12_345 } });
  rollout.ask(step, 25);
  await workspace.tell(rollout);
  const ts = workspace.store.rows.findLast(
    ({ rollout: id, about }) => id === rollout.id && about.startsWith('gate/'),
  )!.ts;
  const question = async () => (await workspace.messages()).find((message) => message.ts === ts)!;
  return { rollout, question };
}

const textOf = ({ blocks = [] }: StoredMessage) =>
  blocks
    .flatMap(({ text, fields = [] }) => [text?.text ?? '', ...fields.map((field) => field.text)])
    .join('\n');
const buttonsOf = ({ blocks = [] }: StoredMessage) =>
  blocks.flatMap(({ type, elements = [] }) =>
    type === 'actions' ? elements.map((one) => one.action_id) : [],
  );
const decisionsOf = ({ state }: StandingRollout) =>
  state.journal.flatMap(({ type, by, via, evidence }) =>
    type === 'decision'
      ? [{ by, via, decision: evidence?.['decision'], accepted: evidence?.['accepted'] }]
      : [],
  );

it('says what whoever was just woken up has to know, and offers five answers', async () => {
  const { question } = await asking();
  const message = await question();
  const text = textOf(message);
  expect(text).toContain('go? split-name-1 in shared');
  expect(text).toContain('exposure goes from *25 %* to *100 %*');
  expect(text).toContain('Everyone gets the new code path.');
  expect(text).toContain('*Exposed now*\nup to 25 % of users');
  expect(text).toContain('*Approvals*\n0 of 2');
  expect(text).toContain('*Written so far*\n12,345 rows');
  expect(text).toContain('it rolls back');
  expect(text).toContain('cleo');
  const { users } = workspace.slack;
  expect(text).toContain(`<@${users['ana']}> and <@${users['ben']}>`);
  expect(text).not.toContain(users['dora']);
  expect(buttonsOf(message)).toEqual(['approve', 'reject', 'extend', 'comment', 'details']);
});

it('lets two people approve, shows each at once, and has no buttons when they have', async () => {
  const { rollout, question } = await asking();
  const clicked = await question();
  expect(await workspace.click('ana', clicked, 'approve')).toBe(200);
  await workspace.tell(rollout);
  expect(textOf(await question())).toMatch(
    /\*Approvals\*\n1 of 2: ana \(Slack, after (a moment|\d+m?\d*s)\)/,
  );
  await workspace.click('ben', await question(), 'approve');
  await workspace.tell(rollout);
  const settled = await question();
  expect(buttonsOf(settled)).toEqual([]);
  expect(textOf(settled)).toMatch(/go: ✅ approved/);
  expect(textOf(settled)).toMatch(
    /\*ana\* through Slack, (a moment|\d+m?\d*s) after it was asked\n✅ \*ben\* through Slack/,
  );
  expect(decisionsOf(rollout)).toEqual([
    { by: 'ana', via: 'slack', decision: 'approve', accepted: true },
    { by: 'ben', via: 'slack', decision: 'approve', accepted: true },
  ]);
  const [reply] = (await workspace.replies(settled.ts)).map(({ text }) => text);
  expect(reply).toBe(
    `<@${workspace.slack.users['cleo']}> *go* is approved by ana and ben. Nobody else has to answer.`,
  );
});

it('keeps in what the door signs which message was clicked, and what it said', async () => {
  const { rollout, question } = await asking();
  const { ts } = await question();
  const row = workspace.store.rows.find((one) => one.ts === ts)!;
  const said = saidBy(row.wanted);
  await workspace.click('ana', await question(), 'approve');
  const { signed = '' } = rollout.state.journal.at(-1) ?? {};
  let doors = {};
  workspace.configure((environment) => ((doors = doorsOf(environment)), environment));
  const verified = await verifySignature(signed, doors);
  if (!('claims' in verified)) throw new Error(verified.refused);
  expect(verified.claims).toMatchObject({ proof: 'slack', via: 'slack', by: 'ana', submittedBy: 'ana' });
  expect(verified.claims.shown).toEqual({ message: `${workspace.slack.channel}/${ts}`, said });
});

it('asks for a reason at once, and takes everything back with it', async () => {
  const { rollout, question } = await asking();
  await workspace.click('ben', await question(), 'reject');
  expect(workspace.dialog()?.callback_id).toBe('reject');
  expect(decisionsOf(rollout)).toEqual([]);
  await workspace.submit('ben', 'the index is not there yet');
  expect(decisionsOf(rollout)).toEqual([{ by: 'ben', via: 'slack', decision: 'reject', accepted: true }]);
  await workspace.tell(rollout);
  const settled = await question();
  expect(buttonsOf(settled)).toEqual([]);
  expect(textOf(settled)).toMatch(/⛔ rejected/);
  expect(textOf(settled)).toMatch(
    /\*ben\* through Slack, (a moment|\d+m?\d*s) after it was asked: the index is not there yet/,
  );
});

it('moves the deadline and takes a comment without deciding anything', async () => {
  const { rollout, question } = await asking();
  const { deadline } = rollout.state.gate!;
  await workspace.click('ben', await question(), 'extend');
  await workspace.submit('ben', '3600000');
  expect(rollout.state.gate!.deadline - deadline).toBe(3_600_000);
  await workspace.click('ana', await question(), 'comment');
  await workspace.submit('ana', 'p95 looks odd in Oslo');
  expect(decisionsOf(rollout).map(({ decision }) => decision)).toEqual(['extend', 'comment']);
  expect(rollout.state.gate?.approvals).toEqual([]);
  await workspace.click('ana', await question(), 'details');
  expect(JSON.stringify(workspace.dialog())).toContain('watch/promoted');
});

it('has no buttons where a click is too weak a proof, but the command', async () => {
  const { rollout, question } = await asking('approve/purge');
  const message = await question();
  expect(buttonsOf(message)).toEqual([]);
  expect(textOf(message)).toContain('A click in Slack is not enough');
  expect(textOf(message)).toContain(`npx switchback approve ${rollout.id}`);
  expect(textOf(message)).toMatch(
    /No way back\* for `table:shop.customer`: its values are gone\. Nobody reads full_name any more/,
  );
});

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

it('counts both of two people who click in the same instant', async () => {
  const { question, rollout } = await asking();
  const message = await question();
  await Promise.all([workspace.click('ana', message, 'approve'), workspace.click('ben', message, 'approve')]);
  expect(rollout.state.steps['approve/go']?.status).toBe('done');
  expect(decisionsOf(rollout).filter(({ accepted }) => accepted)).toHaveLength(2);
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

it('asks when a hold does, with the commands that answer it, and says when nobody has to any more', async () => {
  const { rollout } = await asking();
  const { since } = (rollout.state.hold = {
    since: Date.now(),
    reason: 'guard errors has no evidence: the source does not answer',
    askAt: 0,
    asked: true,
  });
  await workspace.tell(rollout);
  const { ts } = workspace.store.rows.find(({ about }) => about === `hold/${since}`)!;
  const held = async () => (await workspace.messages()).find((message) => message.ts === ts)!;
  expect(textOf(await held())).toContain('Wait, or roll back?');
  expect(textOf(await held())).toContain(`npx switchback answer ${rollout.id} roll-back`);
  expect(textOf(await held())).toContain('the source does not answer');
  const question = (await workspace.messages()).findLast((message) => textOf(message).startsWith('go?'))!;
  expect(buttonsOf(question)).not.toContain('approve');
  expect(textOf(question)).toContain('On hold: nothing can be approved now');
  delete rollout.state.hold;
  await workspace.tell(rollout);
  expect(textOf(await held())).toContain('No answer is needed any more');
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

it('calls those who have not answered before the deadline, in the thread, once', async () => {
  const { rollout, question } = await asking();
  await workspace.click('ana', await question(), 'approve');
  rollout.record('gate-reminded', 'it expires in 1h', { step: 'approve/go' });
  await workspace.tell(rollout);
  await workspace.tell(rollout);
  const replies = (await workspace.replies((await question()).ts)).map(({ text }) => text);
  const ben = `<@${workspace.slack.users['ben']}>`;
  expect(replies).toEqual([
    expect.stringMatching(`^⏰ ${ben}: \\*go\\* still waits for an answer\\. If nobody answers by`),
  ]);
});
