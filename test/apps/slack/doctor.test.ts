import { afterAll, beforeAll, expect, it } from 'vitest';
import { examineSlack } from '../../../apps/client/doctor/slack.js';
import type { Environment } from '../../../apps/config/config.js';
import type { Slack } from '../../../apps/config/slack.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';

let workspace: Workspace;
let environment: Environment;
let section: Slack;

beforeAll(async () => {
  workspace = await startWorkspace();
  workspace.configure((now) => (environment = now));
  section = { ...environment.slack!, signingSecret: 'x' };
});
afterAll(() => workspace.close());

const look = (over: Partial<Slack> = {}, given = environment, web = workspace.web) =>
  examineSlack(given, { ...section, ...over }, web);
const told = async (findings: Promise<readonly { verdict: string; found: string }[]>) =>
  (await findings)
    .filter(({ verdict }) => verdict !== 'ok')
    .map(({ verdict, found }) => `${verdict}: ${found}`);

it('finds nothing wrong where all of it fits', async () => {
  const web = { ...workspace.web, isIn: () => Promise.resolve(true) };
  expect(await told(look({}, environment, web))).toEqual([]);
});

it('names a token of another workspace, a channel without the app, and people who cannot click', async () => {
  expect(await told(look({ team: 'T0OTHER' }))).toEqual([
    expect.stringMatching(/the configuration names T0OTHER/),
  ]);
  expect(await told(look({ channel: 'C0NOWHERE' }))).toEqual([
    expect.stringMatching(/fail: channel C0NOWHERE: Slack refused conversations.info: channel_not_found/),
    expect.stringMatching(/fail: channel .*: the app is not in it/),
  ]);
  const person = (user: string, team = section.team) => ({
    kind: 'person' as const,
    groups: [],
    slack: { team, user },
  });
  const [ana, ben] = [person('U0NOBODY'), person('U1', 'T0OTHER')];
  const web = { ...workspace.web, isIn: () => Promise.resolve(true) };
  expect(await told(look({}, { ...environment, principals: { ana, ben } }, web))).toEqual([
    expect.stringMatching(/ana is bound to U0NOBODY: Slack refused users.info: user_not_found/),
    expect.stringMatching(/ben is bound to workspace T0OTHER/),
  ]);
  expect(await told(look({}, { ...environment, principals: {} }, web))).toEqual([
    expect.stringMatching(/no principal is bound/),
  ]);
});

it('names scopes that are missing, and a token that is not taken', async () => {
  const self = () => Promise.resolve({ team: section.team, user: 'U', scopes: ['chat:write'] });
  const web = { ...workspace.web, self, isIn: () => Promise.resolve(true) };
  expect(await told(look({}, environment, web))).toEqual([
    expect.stringMatching(/cannot find a message whose posting was not answered/),
    expect.stringMatching(/cannot tell guests/),
  ]);
  workspace.proxy.next('auth.test', { type: 'answers', body: { ok: false, error: 'invalid_auth' } });
  expect(await told(look())).toEqual([expect.stringMatching(/the token is not taken: .*invalid_auth/)]);
});
