import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSlack } from '../../../apps/slack/slack.js';
import { switchback } from '../cli/console.js';

const section = {
  token: { env: 'SLACK_BOT_TOKEN' },
  signingSecret: { env: 'SLACK_SIGNING_SECRET' },
  team: 'T0123ABCD',
  channel: 'C0123ABCD',
};
const shared = {
  kind: 'shared',
  records: { url: { env: 'RECORDS_URL' } },
  identity: { doors: { slack: { keys: [], proofs: ['token'] } } },
  door: { name: 'slack', key: { env: 'SLACK_DOOR_KEY' } },
  slack: section,
};

/** What is said of an environment when its Slack door is to be opened. */
async function refusalOf(environment: object): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-slack-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const config = join(dir, 'switchback.config.json');
  await writeFile(config, JSON.stringify({ environments: { here: environment } }));
  const options = {
    environment: 'here',
    config,
    receive: { host: '127.0.0.1', port: 0 },
    log: () => undefined,
  };
  return openSlack(options).then(
    async (open) => {
      await open.close();
      return 'it was opened';
    },
    (error: Error) => error.message,
  );
}

it.each([
  [
    'a local environment',
    { kind: 'local', records: 'records' },
    /here: is a local one, .*make it a shared one/,
  ],
  [
    'one that says nothing of Slack',
    { ...shared, slack: undefined },
    /has no section "slack".*see docs\/slack\.md/,
  ],
  [
    'a door that may not vouch for clicks',
    shared,
    /door slack: may not vouch.*add "slack" to identity\.doors\.slack\.proofs/,
  ],
  [
    'a channel by its name',
    { ...shared, slack: { ...section, channel: '#rollouts' } },
    /slack\.channel: it is no id of a channel in Slack; copy it there/,
  ],
  [
    'a token in the file itself',
    { ...shared, slack: { ...section, token: 'xoxb-1' } },
    /slack\.token: only a local environment may hold a secret itself/,
  ],
  [
    'a member that nobody knows',
    { ...shared, slack: { ...section, chanel: 'C1' } },
    /"chanel" is not known here; write channel, if that is meant/,
  ],
])('refuses %s, with the thing, the rule and the fix', async (_what, environment, refusal) => {
  expect(await refusalOf(environment)).toMatch(refusal);
});

it('is a command that says what it needs', async () => {
  const { code, stderr } = await switchback(['slack']);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/required option '--env <name>'/)]);
  const wrong = await switchback(['slack', '--env', 'here', '--port', 'much']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/whole number from 0 to 65535/)]);
});
