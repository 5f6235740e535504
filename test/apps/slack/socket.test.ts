import { expect, it, onTestFinished } from 'vitest';
import { handle } from '../../../apps/slack/receive/handle.js';
import { limitPerUser } from '../../../apps/slack/receive/limit.js';
import { receiveBySocket } from '../../../apps/slack/receive/socket.js';
import { eventually } from '../../support/eventually.js';
import { startSocketServer } from '../../support/slack/socket-server.js';
import { startWorkspace } from '../../support/slack/workspace.js';
import { clickedPlan } from './plans.js';

it('takes clicks and commands over a socket that is opened from here', async () => {
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  const socket = await startSocketServer();
  onTestFinished(() => socket.close());
  workspace.proxy.next('apps.connections.open', { type: 'answers', body: { ok: true, url: socket.url } });
  const rollout = workspace.rollout(clickedPlan());
  rollout.ask('approve/go', 25);
  await workspace.tell(rollout);
  const receiver = await receiveBySocket({
    appToken: 'xapp-1',
    url: workspace.proxy.url,
    handle: (body) => handle(workspace.door, limitPerUser(), body),
    log: () => undefined,
  });
  await socket.connected();

  const { id, wantedSaid } = workspace.store.rows.find(({ about }) => about.startsWith('gate/'))!;
  const { slack } = workspace;
  await socket.send('interactive', {
    type: 'block_actions',
    team: { id: slack.team },
    user: { id: slack.users['ana'], team_id: slack.team },
    channel: { id: slack.channel },
    trigger_id: 't',
    actions: [{ type: 'button', action_id: 'approve', action_ts: '1.1', value: `${id}.${wantedSaid}` }],
  });
  await eventually(() => expect(rollout.state.gate?.approvals.map(({ by }) => by)).toEqual(['ana']));

  const answer = await socket.send('slash_commands', {
    command: '/switchback',
    text: 'nonsense',
    team_id: slack.team,
    user_id: slack.users['ana'],
    channel_id: slack.channel,
    trigger_id: 't2',
  });
  expect(answer).toMatchObject({
    response_type: 'ephemeral',
    text: expect.stringMatching(/\/switchback list/),
  });
  await receiver.close();
});
