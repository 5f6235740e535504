import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { noteAttempt } from '../../../apps/slack/decide/attempts.js';
import { memoryJournal } from '../../support/slack/memory-journal.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import { askIn, buttonsOf, decisionsOf, textOf, titleOf } from './asked.js';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await startWorkspace();
});
afterEach(() => {
  expect(workspace.proxy.tooBig).toEqual([]);
});
afterAll(() => workspace.close());

describe('at the very deadline the order in history decides', () => {
  it('a click that came before it counts, and the message says who approved', async () => {
    const { rollout, question } = await askIn(workspace);
    const asked = await question();
    rollout.state.gate = { ...rollout.state.gate!, deadline: Date.now() };
    await workspace.click('ana', asked, 'approve');
    await workspace.click('ben', asked, 'approve');
    await workspace.tell(rollout);
    expect(titleOf(await question())).toMatch(/^go: ✅ approved/);
    expect(decisionsOf(rollout).map(({ accepted }) => accepted)).toEqual([true, true]);
    expect(rollout.state.unwinding).toBeUndefined();
  });

  it('a click that came after it is too late, and the message says that nobody answered in time', async () => {
    const { rollout, question } = await askIn(workspace);
    const asked = await question();
    await workspace.click('ana', asked, 'approve');
    rollout.expire();
    await workspace.click('ben', asked, 'approve');
    expect(workspace.whispers('ben').at(-1)).toMatch(
      /^⌛ \*Nothing was decided: your click came too late\.\* \*go\* was not answered in time, and everything is taken back: /,
    );
    expect(decisionsOf(rollout)).toMatchObject([
      { by: 'ana', accepted: true },
      { by: 'ben', accepted: false },
    ]);
    await workspace.tell(rollout);
    const settled = await question();
    expect(buttonsOf(settled)).toEqual([]);
    expect(titleOf(settled)).toMatch(/^go: ⌛ nobody answered in time/);
    expect(textOf(settled)).toContain('Everything is taken back.');
    const replies = (await workspace.replies(settled.ts)).map(({ text }) => text);
    expect(replies).toEqual([
      expect.stringContaining('Nobody answered *go* in time: everything is taken back.'),
    ]);
  });
});

describe('after the end of the rollout', () => {
  it('a click is answered as any that comes too late, and the journal of the door keeps it, once', async () => {
    const { rollout, question } = await askIn(workspace);
    const asked = await question();
    await workspace.click('ana', asked, 'approve');
    await workspace.click('ben', asked, 'approve');
    rollout.end('completed');
    const before = rollout.state.journal.length;
    const button = { type: 'button', action_id: 'approve', action_ts: '99.1' };
    const value = (asked.blocks ?? [])
      .flatMap(({ elements = [] }) => elements)
      .find(({ action_id }) => action_id === 'approve')?.value;
    const again = { actions: [{ ...button, value }] };
    await workspace.click('cleo', asked, 'approve', again);
    await workspace.click('cleo', asked, 'approve', again);
    expect(workspace.whispers('cleo').at(-1)).toMatch(
      /^⌛ \*Nothing was decided: your click came too late\.\* \*go\* was settled before: approved by ana, ben\./,
    );
    expect(rollout.state.journal).toHaveLength(before);
    const attempts = (await workspace.attempts()).filter(
      ({ evidence }) => evidence?.['rollout'] === rollout.id,
    );
    expect(attempts).toMatchObject([
      {
        type: 'decision',
        by: 'cleo',
        via: 'slack',
        step: 'approve/go',
        reason: expect.stringMatching(/^approve for rollout\/.*: refused, rollout .* is over: completed/),
        evidence: { accepted: false, decision: 'approve', shown: { message: expect.any(String) } },
      },
    ]);
  });

  it('so is a command, and a click on a message that nobody knows', async () => {
    const { rollout, question } = await askIn(workspace);
    rollout.end('completed');
    const command = {
      command: '/switchback',
      text: `abort ${rollout.id} too risky`,
      team_id: workspace.slack.team,
      user_id: workspace.slack.users['ana']!,
      channel_id: workspace.slack.channel,
      trigger_id: 'late',
    };
    await workspace.send(command, { form: true });
    const value = `nobody-knows-it.${'0'.repeat(64)}`;
    const unknown = [{ type: 'button', action_id: 'approve', action_ts: '99.2', value }];
    await workspace.click('ben', await question(), 'approve', { actions: unknown });
    const [late, strange] = (await workspace.attempts()).slice(-2);
    expect(late).toMatchObject({ by: 'ana', evidence: { decision: 'abort', rollout: rollout.id } });
    const { team, users } = workspace.slack;
    expect(strange).toMatchObject({
      by: `slack:${team}/${users['ben']}`,
      reason: 'approve: refused, nothing that stands in the records is asked by it',
    });
  });
});

it('two processes that write an attempt down at once each find a place for theirs', async () => {
  const journal = memoryJournal();
  const attempt = (id: string) => ({ by: id, wanted: 'approve', reason: 'it is over', id });
  const at = Date.UTC(2026, 11, 1);
  await Promise.all(['a', 'b', 'c'].map((id) => noteAttempt(journal, 'shared', attempt(id), at)));
  const entries = await journal.read('slack/shared/2026-12');
  expect(entries.map(({ event }) => event.number)).toEqual([1, 2, 3]);
  expect(new Set(entries.map(({ event }) => event.by))).toEqual(new Set(['a', 'b', 'c']));
});
