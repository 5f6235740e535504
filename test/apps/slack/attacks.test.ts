import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { marked } from '../../../activities/slack/mark.js';
import { askSlack } from '../../../apps/local/slack-workspace.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import { askIn, decisionsOf } from './asked.js';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await startWorkspace();
});
afterEach(() => {
  expect(workspace.proxy.tooBig).toEqual([]);
});
afterAll(() => workspace.close());

const views = () => workspace.proxy.calls.filter(({ method }) => method === 'views.open').length;

describe('somebody in the workspace', () => {
  it('who sends a dialog that another one opened decides as who they are', async () => {
    const { rollout, question } = await askIn(workspace);
    await workspace.click('ben', await question(), 'reject');
    await workspace.submit('dora', 'because I can');
    await workspace.submit('mallory', 'because I can');
    const { team } = workspace.slack;
    expect(decisionsOf(rollout).map(({ by, accepted }) => [by, accepted])).toEqual([
      ['dora', false],
      [`slack:${team}/${workspace.stranger}`, false],
    ]);
    expect(rollout.state.unwinding).toBeUndefined();
  });

  it('who may not look at a rollout is shown no details of it', async () => {
    const { rollout, question } = await askIn(workspace);
    const before = views();
    await workspace.click('mallory', await question(), 'details');
    expect(views()).toBe(before);
    expect(workspace.whispers('mallory').at(-1)).toMatch(/nobody that this environment knows/);
    const { users, team } = workspace.slack;
    const guest = { id: users['ana'], team_id: team, is_ultra_restricted: true };
    workspace.proxy.next('users.info', { type: 'answers', body: { ok: true, user: guest } });
    await workspace.click('ana', await question(), 'details');
    expect(views()).toBe(before);
    expect(workspace.whispers('ana').at(-1)).toMatch(/is a guest's/);
    await workspace.click('ana', await question(), 'details');
    expect(views()).toBe(before + 1);
    expect(JSON.stringify(workspace.dialog())).toContain(rollout.plan.hypothesis);
  });

  it.each(['', 'NaN', '-3600000', '0', '1e400', 'soon'])(
    'who sends %j as a deadline moves none, and is told so',
    async (answer) => {
      const { rollout, question } = await askIn(workspace);
      const { deadline } = rollout.state.gate!;
      await workspace.click('ben', await question(), 'extend');
      const told = workspace.whispers('ben').length;
      await workspace.submit('ben', answer);
      expect(rollout.state.gate?.deadline).toBe(deadline);
      expect(workspace.whispers('ben').length).toBe(told + 1);
    },
  );

  it('whose app copies the mark of a message is not taken for us when an answer is lost', async () => {
    const { rollout, question } = await askIn(workspace);
    const { channel } = workspace.slack;
    workspace.proxy.next('chat.postMessage', { type: 'lost' });
    rollout.ask('approve/go', 25);
    await workspace.tell(rollout);
    const row = workspace.store.rows.findLast(({ about }) => about === 'gate/approve/go/1')!;
    const mark = marked({ id: row.id, said: row.wantedSaid });
    const forged = { channel, text: 'go? all is well', metadata: mark };
    const other = { ...workspace.slack, token: 'xoxb-of-another-app' };
    const { ts } = await askSlack<{ ts: string }>(other, 'chat.postMessage', forged);
    workspace.store.hurry();
    await workspace.speak();
    expect(row.ts).toBeDefined();
    expect(row.ts).not.toBe(ts);
    expect((await question()).ts).not.toBe(ts);
  });
});
