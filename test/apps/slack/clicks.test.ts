import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { verifySignature } from '../../../activities/identity/verify.js';
import { saidBy } from '../../../activities/slack/sealed.js';
import { doorsOf } from '../../../apps/config/identity/doors.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import { askIn, buttonsOf, decisionsOf, textOf } from './asked.js';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await startWorkspace();
});
afterEach(() => {
  expect(workspace.proxy.tooBig).toEqual([]);
});
afterAll(() => workspace.close());

const asking = (step?: string) => askIn(workspace, step);

it('says what whoever was just woken up has to know, and offers five answers', async () => {
  const { rollout, question } = await asking();
  const message = await question();
  const text = textOf(message);
  expect(text).toContain(`go? ${rollout.plan.runbook} in shared`);
  expect(text).toContain('exposure goes from *25 %* to *100 %*');
  expect(text).toContain('Everyone gets the new code path.');
  expect(text).toContain('*Exposed now*\nup to 25 % of users');
  expect(text).toContain('*Approvals*\n0 of 2');
  expect(text).toContain('*Rows touched*\n12,345 rows written; none set aside');
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

it('counts both of two people who click in the same instant', async () => {
  const { question, rollout } = await asking();
  const message = await question();
  await Promise.all([workspace.click('ana', message, 'approve'), workspace.click('ben', message, 'approve')]);
  expect(rollout.state.steps['approve/go']?.status).toBe('done');
  expect(decisionsOf(rollout).filter(({ accepted }) => accepted)).toHaveLength(2);
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
