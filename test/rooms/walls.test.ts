import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A forbidden line, where it is planted, and who has to refuse it. */
interface Violation {
  readonly room: string;
  readonly what: string;
  readonly line: string;
  readonly refusedBy: 'tsc' | 'oxlint';
}

const forbidden = (
  room: string,
  refusedBy: Violation['refusedBy'],
  cases: Record<string, string>,
): Violation[] => Object.entries(cases).map(([what, line]) => ({ room, what, line, refusedBy }));

const clocks = {
  'a clock': 'export const planted = Date.now();',
  randomness: 'export const planted = Math.random();',
};

/** At least one for each row of the table of rooms in docs/rooms.md. */
const violations: Violation[] = [
  ...forbidden('src/engine/base', 'tsc', { 'a plan': "export * from '../plan/plan.js';" }),
  ...forbidden('src/engine/plan', 'tsc', { 'a state': "export * from '../state/state.js';" }),
  ...forbidden('src/engine/state', 'tsc', { 'who decides': "export * from '../decide/decisions.js';" }),
  ...forbidden('src/engine/decide', 'tsc', { 'the one wait': "export * from '../listen/attention.js';" }),
  ...forbidden('src/engine/listen', 'tsc', { 'what is told': "export * from '../tell/why.js';" }),
  ...forbidden('src/engine/tell', 'tsc', { 'the way forward': "export * from '../forward/acts.js';" }),
  ...forbidden('src/engine/forward', 'tsc', { 'the way back': "export * from '../back/unwind.js';" }),
  ...forbidden('src/engine/back', 'tsc', { 'the way forward': "export * from '../forward/acts.js';" }),
  ...forbidden('src/engine', 'tsc', {
    'another room': "export * from '../steps/watch.js';",
    node: "export * from 'node:fs';",
    "node's globals": 'export const planted = process.env;',
  }),
  ...forbidden('src/engine', 'oxlint', {
    'zod as a value': "import { z } from 'zod';\nexport const planted = z;",
    Temporal: "export * from '@temporalio/client';",
    ...clocks,
  }),
  ...forbidden('src/steps', 'tsc', { analysis: "export * from '../analysis/quantile.js';" }),
  ...forbidden('src/steps', 'oxlint', {
    zod: "import { z } from 'zod';\nexport const planted = z;",
    ...clocks,
  }),
  ...forbidden('src/analysis', 'tsc', { steps: "export * from '../steps/watch.js';" }),
  ...forbidden('src/analysis', 'oxlint', { Temporal: "export * from '@temporalio/workflow';", ...clocks }),
  ...forbidden('src/protocol', 'tsc', {
    'an environment': "export * from '../environment/locks/table.js';",
    analysis: "export * from '../analysis/quantile.js';",
    node: "export * from 'node:fs';",
  }),
  ...forbidden('src/protocol', 'oxlint', { Temporal: "export * from '@temporalio/workflow';", ...clocks }),
  ...forbidden('src/environment', 'tsc', { analysis: "export * from '../analysis/quantile.js';" }),
  ...forbidden('src/environment', 'oxlint', { Temporal: "export * from '@temporalio/workflow';", ...clocks }),
  ...forbidden('src/identity', 'tsc', {
    analysis: "export * from '../analysis/quantile.js';",
    node: "export * from 'node:crypto';",
  }),
  ...forbidden('src/identity', 'oxlint', { 'a signer': "export * from 'jose';", ...clocks }),
  ...forbidden('src/drill', 'tsc', {
    identity: "export * from '../identity/rights.js';",
    node: "export * from 'node:fs';",
  }),
  ...forbidden('src/drill', 'oxlint', { Temporal: "export * from '@temporalio/workflow';", ...clocks }),
  ...forbidden('runbooks', 'tsc', {
    node: "export * from 'node:fs';",
    activities: "export * from '../activities/probe/observe.js';",
  }),
  ...forbidden('runbooks', 'oxlint', {
    'an adapter': "export * from '../demo/queue/adapter.js';",
    'the engine behind the public face': "export * from '../src/engine/index.js';",
    'a driver': "export * from 'pg';",
    ...clocks,
  }),
  ...forbidden('workflows', 'tsc', {
    activities: "export * from '../activities/probe/observe.js';",
    node: "export * from 'node:fs';",
  }),
  ...forbidden('workflows', 'oxlint', {
    'zod as a value': "import { z } from 'zod';\nexport const planted = z;",
    'a client': "export * from '@temporalio/client';",
    'activities by import': "export * from '../activities/probe/observe.js';",
    'a message that is no door':
      "import { setHandler } from '@temporalio/workflow';\nexport const planted = setHandler;",
    ...clocks,
    'a new date': 'export const planted = () => new Date();',
    'what a task says of itself': "export { workflowInfo } from '@temporalio/workflow';",
    'what a task says of itself, under a name':
      "import * as temporal from '@temporalio/workflow';\nexport const planted = temporal.workflowInfo;",
    'an answer that a replay may not have': "export { patched } from '@temporalio/workflow';",
    'an id of its own': "export { uuid4 } from '@temporalio/workflow';",
  }),
  ...forbidden('workflows/sdk', 'oxlint', {
    'a time that is not of a turn': clocks['a clock'],
    'what a task says of itself': "export { workflowInfo } from '@temporalio/workflow';",
  }),
  ...forbidden('activities', 'tsc', {
    workflows: "export * from '../workflows/rollout/rollout.js';",
    steps: "export * from '../src/steps/watch.js';",
    apps: "export * from '../apps/config/config.js';",
  }),
  ...forbidden('apps/config', 'tsc', { 'a client': "export * from '../client/client.js';" }),
  ...forbidden('apps/client', 'tsc', {
    'a worker': "export * from '../worker/worker.js';",
    'the command line': "export * from '../cli/words.js';",
  }),
  ...forbidden('apps/api', 'tsc', {
    'a worker': "export * from '../worker/worker.js';",
    'the command line': "export * from '../cli/words.js';",
  }),
  ...forbidden('apps/slack', 'tsc', {
    'a worker': "export * from '../worker/worker.js';",
    'another door': "export * from '../api/serve.js';",
  }),
  ...forbidden('apps/slack', 'oxlint', {
    'a client that posts twice': "export * from '@slack/web-api';",
  }),
  ...forbidden('apps/worker', 'tsc', { 'a client': "export * from '../client/client.js';" }),
  ...forbidden('apps/local', 'tsc', {
    'a worker': "export * from '../worker/worker.js';",
    'the demo': "export * from '../../demo/shop/names.js';",
  }),
  ...forbidden('apps/testing', 'tsc', {
    'a client': "export * from '../client/client.js';",
    'the demo': "export * from '../../demo/shop/schema.js';",
  }),
  ...forbidden('apps/cli', 'tsc', { 'the demo': "export * from '../../demo/stack/stack.js';" }),
  ...forbidden('src/testing', 'tsc', {
    activities: "export * from '../../activities/probe/observe.js';",
    apps: "export * from '../../apps/config/config.js';",
  }),
  ...forbidden('src/testing', 'oxlint', { 'a driver': "export * from 'pg';" }),
  ...forbidden('demo/queue', 'oxlint', {
    'an adapter behind its face': "export * from '../../activities/adapter/book.js';",
  }),
  ...forbidden('bench/workflows', 'tsc', {
    'the benchmarks themselves': "export * from '../figures.js';",
    node: "export * from 'node:fs';",
  }),
  ...forbidden('bench/workflows', 'oxlint', { 'a client': "export * from '@temporalio/client';" }),
  ...forbidden('test/integration', 'oxlint', {
    'a poll that gets lost between tests that run at once':
      "import { expect } from 'vitest';\nexport const planted = expect.poll(() => 1);",
  }),
  ...forbidden('activities', 'oxlint', {
    'the workflow sandbox': "export * from '@temporalio/workflow';",
    'a receiver of clicks': "export * from '@slack/bolt';",
  }),
];

const root = resolve(import.meta.dirname, '../..');
const fileOf = ({ room }: Violation, index: number) => `${room}/planted-${index}.ts`;
let copy: string;
let before: Record<Violation['refusedBy'], string>;
let output: typeof before;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'switchback-walls-'));
  const parts = [
    'src',
    'apps',
    'workflows',
    'activities',
    'runbooks',
    'demo',
    'bench',
    'package.json',
    'tsconfig.base.json',
    '.oxlintrc.json',
  ];
  for (const part of parts) {
    await cp(join(root, part), join(copy, part), { recursive: true, preserveTimestamps: true });
  }
  // What was built already, with its times: only what a plant touches is checked anew.
  if (existsSync(join(root, 'dist'))) {
    await cp(join(root, 'dist'), join(copy, 'dist'), { recursive: true, preserveTimestamps: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  await mkdir(join(copy, 'test/integration'), { recursive: true });
  const tools = {
    tsc: () => run('node_modules/.bin/tsc', ['-b', ...roomsOf('tsc')]),
    oxlint: () => run('node_modules/.bin/oxlint', ['-f', 'unix', ...roomsOf('oxlint')]),
  };
  before = { tsc: tools.tsc(), oxlint: tools.oxlint() };
  // One tool's plants at a time: a package that brings node's types along would hide that node is refused.
  output = { tsc: await withPlants('tsc', tools.tsc), oxlint: await withPlants('oxlint', tools.oxlint) };
});

afterAll(() => rm(copy, { recursive: true, force: true }));

describe('the walls between the rooms', () => {
  it.each(violations.map((violation, index) => ({ ...violation, file: fileOf(violation, index) })))(
    '$refusedBy refuses $what in $room',
    ({ file, refusedBy }) => {
      expect(output[refusedBy]).toContain(file);
    },
  );

  it('refuses nothing where nothing is planted', () => {
    expect(before.tsc.trim()).toBe('');
    expect(before.oxlint).not.toMatch(/\.ts:\d/);
  });
});

function roomsOf(refusedBy: Violation['refusedBy']): string[] {
  return [...new Set(violations.filter((one) => one.refusedBy === refusedBy).map(({ room }) => room))];
}

async function withPlants(refusedBy: Violation['refusedBy'], check: () => string): Promise<string> {
  const plants = violations.map((violation, index) => ({
    ...violation,
    path: join(copy, fileOf(violation, index)),
  }));
  const mine = plants.filter((plant) => plant.refusedBy === refusedBy);
  await Promise.all(mine.map(({ path, line }) => writeFile(path, `${line}\n`)));
  const found = check();
  await Promise.all(mine.map(({ path }) => rm(path)));
  return found;
}

function run(command: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(join(root, command), args, { cwd: copy, encoding: 'utf8' });
  return `${stdout}\n${stderr}`;
}
