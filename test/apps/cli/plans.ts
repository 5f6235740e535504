import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan, Target } from '../../../src/engine/plan/plan.js';
import { runbook } from '../../../src/engine/plan/runbook.js';
import { act, approve, errorRate, expose, watch } from '../../../src/steps/index.js';
import { z } from 'zod';

const nothing = { type: 'nothing', because: 'it is a test' } as const;
const change = (name: string, target: Target = 'thing:one') =>
  act(name, {
    why: 'Something has to change.',
    verify: 'it changed',
    target,
    do: { kind: 'fake.change', input: { name } },
    undo: nothing,
  });

/** An act that does not fit its environment. */
export function unfitPlan(): Plan {
  return runbook({
    name: 'unfit-thing',
    owner: 'team-one',
    why: 'Nobody knows.',
    hypothesis: 'Nobody notices.',
    params: z.object({}),
    plan: () => ({ scope: ['thing:one'], expand: [change('unfit')] }),
  }).evaluate({});
}

/** One act, then two people are asked, then another act. */
export function askingPlan(name = 'rename-thing', target: Target = 'thing:one'): Plan {
  return runbook({
    name,
    owner: 'team-one',
    why: 'Its old name misleads.',
    hypothesis: 'Nobody notices.',
    params: z.object({}),
    plan: () => ({
      scope: [target],
      expand: [change('prepare', target)],
      promote: [
        approve('go', { by: ['team-one', 'sre'], quorum: 2, within: '1h', why: 'People answer for it.' }),
        change('rename', target),
      ],
    }),
  }).evaluate({});
}

/** An exposure with a guard and a watch. */
export function exposingPlan(watchFor: '1s' | '30m' = '30m'): Plan {
  return runbook({
    name: 'expose-thing',
    owner: 'team-one',
    why: 'It is better.',
    hypothesis: 'Nobody notices.',
    params: z.object({}),
    plan: () => ({
      scope: ['flag:thing'],
      guards: [errorRate({ source: 'shop', atMost: 0.05, every: '1s', minRequests: 1 })],
      canary: [expose('thing', { percent: 5, drain: '1ms' }), watch('canary-5', { for: watchFor })],
    }),
  }).evaluate({});
}

/** A directory for one test's files. */
export async function scratch(): Promise<{
  readonly dir: string;
  write(name: string, content: string | object): Promise<string>;
  remove(): Promise<void>;
}> {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-cli-'));
  return {
    dir,
    async write(name, content) {
      const file = join(dir, name);
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
