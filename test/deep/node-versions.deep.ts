import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { triedMajors } from '../docs/node-versions.js';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Of the pure tests those that are quick: every room that computes, and files as adapters write them. */
const quick = ['analysis', 'engine', 'environment', 'identity', 'steps', 'testing', 'activities/flags'];

/** As somebody who has just opened a terminal: nothing of the run that this test is part of. */
function freshEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(VITEST|NODE_|TEST$|DEV$|PROD$|SSR$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

const options = { cwd: root, env: freshEnvironment(), maxBuffer: 64 * 1024 * 1024 };

// What is run as a program is the build, and not the sources.
beforeAll(() => run('npx', ['tsc', '-b'], options));

describe.each(triedMajors)('Node %i', (major) => {
  let dir: string;
  let node: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), `switchback-node-${major}-`));
    await run('npm', ['install', '--prefix', dir, `node@${major}`], { ...options, cwd: dir });
    node = join(dir, 'node_modules/node/bin/node');
    expect((await run(node, ['--version'])).stdout).toMatch(new RegExp(`^v${major}\\.`));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('passes the pure tests', async () => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const folders = quick.map((name) => `test/${name}/`);
    const { stdout } = await run(
      node,
      [vitest, 'run', '--project', 'pure', '--reporter=json', ...folders],
      options,
    );
    const { success, numPassedTests } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
      success: boolean;
      numPassedTests: number;
    };
    expect(success).toBe(true);
    expect(numPassedTests).toBeGreaterThan(500);
  });

  it('carries the demo', async () => {
    const { stdout } = await run(node, ['dist/demo/run/main.js', '--yes', '-o', 'json'], options);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ outcome: 'completed' });
  });
});
