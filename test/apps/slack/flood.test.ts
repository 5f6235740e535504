import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NoticeEvent } from '../../../activities/notify/event.js';
import { incidents } from '../../../apps/slack/tell/incidents.js';
import { messagesIn, repliesTo } from '../../../apps/local/slack-workspace.js';
import { lookAt } from '../../../apps/slack/tell/look-at.js';
import { tellRollout } from '../../../apps/slack/tell/tell-rollout.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import type { StandingRollout } from '../../support/slack/rollout.js';
import { textOf, titleOf } from './asked.js';
import { clickedPlan } from './plans.js';

let workspace: Workspace;
let rollouts: readonly StandingRollout[];
const { signal } = new AbortController();
const reason = 'errors: no-evidence, source shop cannot be read, it has not been measured yet';

beforeEach(async () => {
  workspace = await startWorkspace();
  rollouts = Array.from({ length: 100 }, (_, index) => workspace.rollout(clickedPlan(`split-${index}`)));
  for (const { state } of rollouts) state.exposure = 25;
});
afterEach(async () => {
  expect(workspace.proxy.tooBig).toEqual([]);
  await workspace.close();
});

const holds = ({ state }: StandingRollout, source: string | undefined = 'shop') => {
  state.hold = { since: Date.now(), reason, askAt: 0, asked: true, ...(source && { source }) };
};
/** Looks at a rollout, and writes down what is to be said. */
async function look(rollout: StandingRollout): Promise<void> {
  const { door } = workspace;
  const told = await lookAt({ ...door, client: rollout.client, history: rollout.client.journal }, rollout.id);
  await tellRollout(door, told, told.events.length);
}
const notice = (rollout: StandingRollout, more: Partial<NoticeEvent>): NoticeEvent => ({
  id: `${rollout.id} ${more.kind ?? more.outcome}`,
  type: 'incident',
  at: new Date().toISOString(),
  environment: 'shared',
  rollout: rollout.id,
  text: `rolling back: held too long: ${reason}`,
  owner: 'team-one',
  ...more,
});
const tell = (event: NoticeEvent) => incidents(workspace.door).deliver(event, signal);
const inIncidents = () => messagesIn(workspace.slack, workspace.slack.incidents);

it('is one incident that names the source when a hundred rollouts hold or go back for it, with its owners in the thread', async () => {
  for (const rollout of rollouts) {
    holds(rollout);
    await look(rollout);
  }
  await workspace.speak();
  for (const rollout of rollouts.slice(0, 40)) {
    await tell(notice(rollout, { kind: 'rolling-back', source: 'shop', exposure: 25 }));
  }
  await workspace.speak();
  const [message, ...others] = await inIncidents();
  expect(others).toEqual([]);
  expect(titleOf(message!)).toBe('🆘 Source shop cannot be read: 100 rollouts in shared wait or go back');
  expect(textOf(message!)).toContain('*On hold*\n60 rollouts, up to 25 % exposed');
  expect(textOf(message!)).toContain('*Rolling back*\n40 rollouts, up to 25 % exposed');
  expect(textOf(message!)).toContain(reason);
  const [reply, ...more] = await repliesTo(workspace.slack, workspace.slack.incidents, message!.ts);
  expect(more).toEqual([]);
  const { users } = workspace.slack;
  expect(textOf(reply!)).toContain(`<@${users['ana']}> and <@${users['cleo']}> (team-one): 100 rollouts`);
  expect(textOf(reply!)).toContain(`↩️ \`${rollouts[0]!.id}\` rolls back, up to 25 % exposed`);
  expect(textOf(reply!)).toContain('… and 80 more');
  expect(textOf(reply!)).toContain(`npx switchback answer ${rollouts[40]!.id} roll-back`);
});

it('asks each hold in the thread of its rollout then, and calls nobody by it', async () => {
  const [held, other] = rollouts as [StandingRollout, StandingRollout];
  holds(held);
  holds(other, '');
  for (const rollout of [held, other]) await look(rollout);
  await workspace.speak();
  const questions = (await workspace.messages()).filter((one) => titleOf(one)?.startsWith('Wait, or'));
  expect(questions.map(titleOf)).toEqual(['Wait, or roll back? split-1 in shared']);
  const root = workspace.store.rows.find(({ rollout, about }) => rollout === held.id && about === 'root')!;
  const [question] = (await workspace.replies(root.ts!)).filter((one) =>
    titleOf(one)?.startsWith('Wait, or'),
  );
  expect(textOf(question!)).toContain(`npx switchback answer ${held.id} roll-back`);
  expect(JSON.stringify(question)).not.toContain('<@');
});

it('is over when the last one is, and the next time is a new incident', async () => {
  const [first, second] = rollouts as [StandingRollout, StandingRollout];
  for (const rollout of [first, second]) {
    holds(rollout);
    await look(rollout);
  }
  delete first.state.hold;
  await look(first);
  await tell(notice(second, { kind: 'rolling-back', source: 'shop' }));
  await workspace.speak();
  const [before] = await inIncidents();
  expect(titleOf(before!)).toMatch(/^🆘 Source shop cannot be read: 2 rollouts/);
  await tell(notice(second, { type: 'news', outcome: 'rolled-back', text: 'rolled back' }));
  await workspace.speak();
  const [over] = await inIncidents();
  expect(titleOf(over!)).toBe('✅ Over: 2 rollouts waited or went back for source shop in shared');
  const [reply] = await repliesTo(workspace.slack, workspace.slack.incidents, over!.ts);
  expect(textOf(reply!)).toContain(`✔️ \`${first.id}\`: goes on`);
  expect(textOf(reply!)).toContain(`✔️ \`${second.id}\`: rolled-back`);

  first.state.hold = { since: Date.now() + 1, reason, askAt: 0, asked: true, source: 'shop' };
  await look(first);
  await workspace.speak();
  expect((await inIncidents()).map(titleOf)).toEqual([
    titleOf(over!),
    '🆘 Source shop cannot be read: 1 rollout in shared wait or go back',
  ]);
});

it('keeps one incident for each source, and one for what goes back for a reason of its own', async () => {
  const [one, two, three] = rollouts as [StandingRollout, StandingRollout, StandingRollout];
  await tell(notice(one, { kind: 'rolling-back', source: 'shop' }));
  await tell(notice(two, { kind: 'rolling-back', source: 'gateway' }));
  await tell(notice(three, { kind: 'rolling-back', text: 'rolling back: guard errors failed: 12 %' }));
  await workspace.speak();
  expect(new Set((await inIncidents()).map(titleOf))).toEqual(
    new Set([
      '↩️ Rolling back: split-2 in shared',
      '🆘 Source gateway cannot be read: 1 rollout in shared wait or go back',
      '🆘 Source shop cannot be read: 1 rollout in shared wait or go back',
    ]),
  );
});
