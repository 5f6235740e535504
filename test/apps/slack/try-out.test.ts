import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { messagesIn, repliesTo, type StoredMessage } from '../../../apps/local/slack-workspace.js';
import { switchback } from '../cli/console.js';
import { scratchDirectory } from '../local/scratch.js';
import { startWorkspace } from '../../support/slack/workspace.js';

async function given() {
  const workspace = await startWorkspace();
  onTestFinished(() => workspace.close());
  process.env['SLACK_TOKEN_TO_TRY'] = workspace.slack.token;
  const file = join(await scratchDirectory(), 'switchback.config.json');
  const { team, channel, incidents } = workspace.slack;
  const slack = { token: { env: 'SLACK_TOKEN_TO_TRY' }, team, channel, incidents, url: workspace.proxy.url };
  const records = { url: { env: 'RECORDS_URL_OF_NOBODY' } };
  await writeFile(
    file,
    JSON.stringify({
      environments: { staging: { kind: 'shared', records, slack, policy: { rights: [] } } },
    }),
  );
  const run = (...more: string[]) =>
    switchback(['notify', 'test', '--env', 'staging', '--config', file, ...more]);
  return { workspace, run };
}

const textOf = ({ text, blocks }: StoredMessage) => `${text} ${JSON.stringify(blocks)}`;

it('notify test says its samples in Slack, too, where each belongs, without buttons and calling nobody', async () => {
  const { workspace, run } = await given();
  const { slack } = workspace;
  const ran = await run('-o', 'json');
  expect(ran.stderr).toBe('');
  expect([ran.code, ran.json()['sent']]).toEqual([
    0,
    [
      { channel: `slack ${slack.channel}`, type: 'question', arrived: true },
      { channel: `slack ${slack.incidents}`, type: 'incident', arrived: true },
      { channel: `slack ${slack.incidents}`, type: 'news', arrived: true },
    ],
  ]);
  const [question, ...others] = await messagesIn(slack, slack.channel);
  const [incident, ...more] = await messagesIn(slack, slack.incidents);
  expect([others, more]).toEqual([[], []]);
  const [news] = await repliesTo(slack, slack.incidents, incident!.ts);
  for (const message of [question!, incident!, news!]) {
    expect(textOf(message)).toMatch(/This is a test/);
    expect(textOf(message)).not.toMatch(/"actions"|<@|<!(?!date)/);
  }
  expect(workspace.proxy.tooBig).toEqual([]);
});

it('notify test says what Slack answered where it took nothing, and ends with 5', async () => {
  const { workspace, run } = await given();
  const answers = (error: string) => ({ type: 'answers' as const, body: { ok: false, error } });
  workspace.proxy.next('chat.postMessage', answers('not_in_channel'), answers('channel_not_found'));
  const ran = await run();
  expect(ran.code).toBe(5);
  expect(ran.stdout).toMatch(
    /^slack C\w+ +question +Slack refused chat\.postMessage: not_in_channel: invite the app into that channel$/m,
  );
  expect(ran.stdout).toMatch(/^slack C\w+ +incident +Slack refused chat\.postMessage: channel_not_found/m);
  expect(ran.stdout).toMatch(/^slack C\w+ +news +arrived$/m);
});

it('notify test tries its other channels where the token of Slack is not set', async () => {
  const { run } = await given();
  delete process.env['SLACK_TOKEN_TO_TRY'];
  const ran = await run();
  expect(ran.code).toBe(5);
  expect(ran.stdout.match(/SLACK_TOKEN_TO_TRY/g)).toHaveLength(3);
});
