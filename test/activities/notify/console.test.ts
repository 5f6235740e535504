import { expect, it } from 'vitest';
import { consoleNotifier, type ConsoleNotifierOptions } from '../../../activities/notify/console.js';
import type { Notice } from '../../../src/engine/state/values.js';

const rollout = 'rollout/local/split-customer-name/2026-11-23T22:00:00Z';

async function written(notice: Partial<Notice>, options?: ConsoleNotifierOptions): Promise<string> {
  let text = '';
  const notifier = consoleNotifier((part) => (text += part), options);
  await notifier.send({ rollout, urgency: 'news', text: 'all is well', ...notice });
  return text;
}

it('calls someone with what happened, where, and the command that shows more', async () => {
  expect(await written({ urgency: 'incident', text: 'rolling back: errors at 4.1 %, limit 1 %' })).toBe(
    `INCIDENT  rolling back: errors at 4.1 %, limit 1 %\n` +
      `  rollout: ${rollout}\n` +
      `  Someone must look now: switchback why ${rollout}\n`,
  );
});

it('asks with the command that the worker gives', async () => {
  const command = () => `switchback answer ${rollout} wait`;
  expect(
    await written(
      { urgency: 'question', text: 'Wait or roll back?\nNo evidence for 10 minutes.' },
      { command },
    ),
  ).toBe(
    `QUESTION  Wait or roll back?\n  No evidence for 10 minutes.\n  rollout: ${rollout}\n` +
      `  An answer is needed: switchback answer ${rollout} wait\n`,
  );
});

it('tells news in one line', async () => {
  expect(await written({ text: 'promoted' })).toBe(`news  ${rollout}: promoted\n`);
});

it('lets no text play tricks with the terminal or with other notices', async () => {
  const text = await written({
    urgency: 'incident',
    text: 'a\u001b[2Jb\u0007\r\nINCIDENT  none\u202e',
    rollout: "a'; rm -rf x\n",
  });
  expect(text).toBe(
    `INCIDENT  a?[2Jb?\n  INCIDENT  none?\n  rollout: a'; rm -rf x\n` +
      `  Someone must look now: switchback why 'a'\\''; rm -rf x'\n`,
  );
});

it('fails when it cannot write', async () => {
  const broken = consoleNotifier(() => {
    throw new Error('EPIPE');
  });
  await expect(broken.send({ rollout, urgency: 'news', text: 'x' })).rejects.toThrow('EPIPE');
});
