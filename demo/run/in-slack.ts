import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { programOf } from '../../apps/local/child-process.js';
import { gateName } from '../../src/engine/state/gate.js';
import type { GateReport } from '../../src/engine/tell/gate-report.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import type { DemoDoor } from '../stack/shared-configuration.js';
import { answerYes, nextPerson, type Answerer } from './answers.js';
import type { Way } from './over-http.js';
import { messagesIn, sendClick, type StoredMessage } from '../../apps/local/slack-workspace.js';

type Workspace = NonNullable<DemoDoor['slack']>;

const lookEvery = 250;

/**
 * Answers as people do who are asked in Slack: by the button under the question, and where it has none by the command
 * that stands there instead, with a token of their own. A hold is answered as everywhere.
 */
export function answerInSlack(client: Way, door: DemoDoor): Answerer {
  const { slack } = door;
  if (!slack) throw new Error('this stack has no workspace');
  const otherwise = answerYes(client);
  return {
    async answer(status, moot) {
      const { gate } = status;
      const by = nextPerson(status);
      if (status.hold || !gate || by === undefined) return otherwise.answer(status, moot);
      const message = await questionOf(slack, gate, moot);
      if (!message) return false;
      const button = buttonsOf(message).find(({ action_id }) => action_id === 'approve');
      if (button?.value !== undefined) await click(slack, by, message.ts, button.value);
      else await paste(door, by, message);
      return untilCounted(client, status, gate, moot);
    },
  };
}

/** The message that asks; undefined when nobody is asked any more. */
async function questionOf(
  slack: Workspace,
  gate: GateReport,
  moot: AbortSignal,
): Promise<StoredMessage | undefined> {
  const title = `${gateName(gate.step)}?`;
  while (!moot.aborted) {
    const messages = await messagesIn(slack, slack.channel);
    const asks = messages.findLast(({ blocks = [] }) => blocks[0]?.text?.text.startsWith(title));
    if (asks) return asks;
    await sleep(lookEvery);
  }
  return undefined;
}

function buttonsOf({ blocks = [] }: StoredMessage) {
  return blocks.flatMap(({ type, elements = [] }) => (type === 'actions' ? elements : []));
}

function click(slack: Workspace, by: string, ts: string, value: string): Promise<void> {
  return sendClick(slack, {
    url: slack.clicks,
    user: slack.users[by] ?? '',
    ts,
    value,
    actionTs: randomUUID(),
  });
}

/** Runs the command that the message holds, as somebody who pastes it. */
async function paste({ url, tokens }: DemoDoor, by: string, { blocks = [] }: StoredMessage): Promise<void> {
  const text = blocks.map((block) => block.text?.text ?? '').join('\n');
  const [, words] = /```npx switchback (approve [^`]+)```/.exec(text) ?? [];
  if (words === undefined) throw new Error('the question has neither a button nor a command');
  const { file, execArgv } = programOf(new URL('../../apps/cli/main.js', import.meta.url));
  const env = { ...process.env, SWITCHBACK_URL: url, SWITCHBACK_TOKEN: tokens[by] ?? '' };
  await promisify(execFile)(process.execPath, [...execArgv, file, ...words.split(' ')], { env });
}

/** Until the rollout has heard of it: then somebody else may be asked. */
async function untilCounted(
  client: Way,
  before: StatusReport,
  gate: GateReport,
  moot: AbortSignal,
): Promise<boolean> {
  while (!moot.aborted) {
    const now = (await client.status(before.rollout)).gate;
    if (!now || now.step !== gate.step || now.approvals.length > gate.approvals.length) return true;
    await sleep(lookEvery);
  }
  return false;
}
