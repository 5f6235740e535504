import { describe, expect, it } from 'vitest';
import { awaitRollout } from '../../../apps/cli/await-rollout.js';
import { hasCome, readAwaited } from '../../../apps/cli/awaited.js';
import type { Io } from '../../../apps/cli/io.js';
import {
  NoAnswer,
  Refusal,
  Unreachable,
  type Reported,
  type RolloutClient,
} from '../../../apps/client/client.js';
import { switchback } from './console.js';

const report = (more: object): Reported => ({ status: 'running', why: {}, ...more }) as unknown as Reported;
const gate = { step: 'approve/go' };
const outcome = { type: 'rolled-back', reason: 'tested' };

describe('what is awaited', () => {
  it.each([
    ['status=waiting', report({ status: 'waiting' }), true],
    ['status=waiting,paused', report({ status: 'paused' }), true],
    ['status=waiting', report({}), false],
    ['status=rolled-back', report({ status: 'rolled-back', outcome }), true],
    ['gate', report({ status: 'paused', gate }), true],
    ['gate', report({}), false],
    ['gate', report({ gate, outcome }), false],
    ['outcome', report({ outcome }), true],
    ['outcome', report({ gate }), false],
  ])('%s', (text, seen, come) => {
    expect(hasCome(readAwaited(text), seen)).toBe(come);
  });

  it.each([
    [['--for', 'status=waitng'], /There is no status waitng: use waiting/],
    [['--for', 'done'], /Write status=STATUS, gate or outcome/],
    [[], /required option '--for <what>'/],
    [['--for', 'gate', '--timeout', 'soon'], /positive number and ms, s, m, h or d/],
  ])('is refused when it is none: %j', async (args, fault) => {
    const { code, stdout, stderr } = await switchback(['wait', 'k', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(fault);
  });
});

describe('a wait', () => {
  type Look = Reported | Error;

  /** Answers one look after the other, and the last for ever. */
  function wait(
    looks: readonly Look[],
    { timeout, interrupt }: { timeout?: number; interrupt?: boolean } = {},
  ) {
    let said = '';
    const io = {
      stderr: { write: (text: string) => (said += text) },
      onInterrupt: (listener: () => void) => {
        if (interrupt) queueMicrotask(listener);
        return () => undefined;
      },
    } as unknown as Io;
    const left = [...looks];
    const client = {
      status: () => {
        const look = left.length > 1 ? left.shift() : left[0];
        return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
      },
      wait: () => Promise.reject(new NoAnswer('it was ended from outside')),
    } as unknown as RolloutClient;
    const ended = awaitRollout(client, { rollout: 'r', awaited: { type: 'gate' }, timeout }, io);
    return ended.then((result) => ({ ...result, said }));
  }

  it('ends when it has come, and tells where the rollout stands', async () => {
    expect(await wait([report({}), report({ gate })])).toMatchObject({ how: 'come', report: { gate } });
  });

  it('ends when it cannot come any more', async () => {
    expect(await wait([report({ outcome })])).toMatchObject({ how: 'over', report: { outcome } });
  });

  it('ends when its time is up, and at Ctrl-C', async () => {
    expect(await wait([report({})], { timeout: 1 })).toMatchObject({ how: 'time-up' });
    expect(await wait([report({})], { interrupt: true })).toMatchObject({ how: 'detached' });
  });

  it('goes on while nobody answers, and says so once', async () => {
    const silent = new Unreachable('no worker runs');
    expect(await wait([silent, silent, report({ gate })])).toMatchObject({
      how: 'come',
      said: 'no worker runs\n',
    });
  });

  it('throws what does not pass', async () => {
    await expect(wait([new Refusal('rollout r', 'does not exist', 'see the list')])).rejects.toThrow('exist');
    await expect(wait([report({ fromOutside: 'terminated' })])).rejects.toThrow('ended from outside');
  });
});
