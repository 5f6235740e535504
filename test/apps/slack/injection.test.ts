import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Plan } from '../../../src/engine/plan/plan.js';
import { incidents } from '../../../apps/slack/tell/incidents.js';
import { clip, plain, unmarked } from '../../../apps/slack/say/words.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import { clickedPlan } from './plans.js';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await startWorkspace();
});
afterEach(async () => {
  expect(workspace.proxy.tooBig).toEqual([]);
  await workspace.close();
});

/** What somebody writes who wants more than to be read: to call everybody, to lead elsewhere, to look like another. */
const nasty =
  '<!channel> <@U0VICTIM> <https://evil.example|ok> @here https://evil.example \u202eback\u0007 \ud83d';
const gate = `approve/go ${nasty}`;
/** The plan that a file holds may say anything where people write. */
const plan = JSON.parse(
  JSON.stringify(clickedPlan())
    .replaceAll('"approve/go"', JSON.stringify(gate))
    .replaceAll('Everyone gets the new code path.', JSON.stringify(nasty).slice(1, -1))
    .replaceAll('Search by family name needs its own column.', JSON.stringify(nasty).slice(1, -1)),
) as Plan;

interface TextObject {
  readonly type: string;
  readonly text: string;
  readonly verbatim?: boolean;
}

/** Every text object in a body, however deep. */
function textsIn(value: unknown): TextObject[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  const own = (type === 'mrkdwn' || type === 'plain_text') && typeof text === 'string';
  return [...(own ? [value as TextObject] : []), ...Object.values(value).flatMap(textsIn)];
}

/** All that is said of a rollout whose people write so. */
async function sayEverything(): Promise<
  readonly { method: string; body: Readonly<Record<string, unknown>> }[]
> {
  const rollout = workspace.rollout(plan);
  rollout.record('warning', nasty);
  rollout.ask(gate, 25);
  await workspace.tell(rollout);
  const question = (await workspace.messages()).at(-1)!;
  await workspace.click('ana', question, 'comment');
  await workspace.submit('ana', nasty);
  await workspace.click('dora', question, 'approve');
  await workspace.click('ana', question, 'details');
  rollout.state.hold = { since: Date.now(), reason: nasty, askAt: 0, asked: true };
  await workspace.tell(rollout);
  delete rollout.state.hold;
  await workspace.click('ben', question, 'reject');
  await workspace.submit('ben', nasty);
  const { signal } = new AbortController();
  const about = { environment: 'shared', rollout: rollout.id, at: new Date().toISOString(), owner: nasty };
  const channel = incidents({ ...workspace.door, client: rollout.client, history: rollout.client.journal });
  const called = { ...about, type: 'incident' as const, text: nasty, todo: [nasty] };
  await channel.deliver({ ...called, id: '1', kind: 'needs-operator' }, signal);
  await channel.deliver({ ...called, id: '2', kind: 'rolling-back', source: 'shop<!here>' }, signal);
  rollout.end('rolled-back');
  await channel.deliver({ ...about, id: '3', type: 'news', text: nasty, outcome: 'rolled-back' }, signal);
  await workspace.tell(rollout);
  await workspace.tell(rollout);
  expect(workspace.store.rows.filter(({ said, wantedSaid }) => said !== wantedSaid)).toEqual([]);
  return workspace.proxy.calls;
}

it('nobody is called, and no link is made, by what people or plans say', async () => {
  const calls = await sayEverything();
  const known = new Set(Object.values(workspace.slack.users));
  const said = calls.flatMap(({ body }) => [
    ...(typeof body['text'] === 'string' ? [{ type: 'mrkdwn', text: body['text'], verbatim: true }] : []),
    ...textsIn(body['blocks']),
    ...textsIn(body['view']),
  ]);
  expect(said.length).toBeGreaterThan(100);
  const marked = said.filter(({ type }) => type === 'mrkdwn');
  const specials = marked.flatMap(({ text }) => text.match(/<[^>]*>?/g) ?? []);
  expect(
    specials.filter(
      (one) => !/^<!date\^\d+\^[^|]*\|[^>]*>$/.test(one) && !known.has(/^<@(\w+)>$/.exec(one)?.[1] ?? ''),
    ),
  ).toEqual([]);
  // Slack makes links and mentions of plain text unless it is told not to.
  expect(marked.filter(({ verbatim }) => verbatim !== true)).toEqual([]);
  const posts = calls.filter(({ method }) => ['chat.postMessage', 'chat.update'].includes(method));
  expect(posts.filter(({ body }) => body['parse'] !== 'none')).toEqual([]);
});

it('nothing hides what is said, and nothing in it keeps it from being said', async () => {
  const said = JSON.stringify(await sayEverything());
  expect(said).not.toMatch(/\\u0007|\\ud83d(?!\\ud)|[\u202a-\u202e\u2066-\u2069]/);
});

it('text is cut between characters, and half a character is none', () => {
  expect(clip('ab😀cd', 4)).toBe('ab…');
  expect(clip('ab😀cd', 5)).toBe('ab😀…');
  expect(unmarked('a\ud83db\udc00')).toBe('a?b?');
  expect(plain('a <b>')).toBe('a &lt;b&gt;');
});
