import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { benchNames } from '../../bench/options.js';

// Each starts a server and workers of its own: a test that is slow is no test that hangs.
vi.setConfig({ testTimeout: 900_000 });

interface Spawned {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Spawned> {
  const node = ['--conditions=source', '--import', 'tsx', 'bench/main.ts', ...args];
  return new Promise((resolve) =>
    execFile(process.execPath, node, { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  );
}

describe('a benchmark', () => {
  it.each([
    ['engine', ['--rollouts', '1'], /50 acts, history events/],
    ['approval', ['--rollouts', '1'], /approval to next act, p99, ms/],
    ['breach', ['--rollouts', '2', '--every', '200ms'], /2 in the same instant, p99, ms/],
    [
      'doors',
      ['--rollouts', '2', '--every', '200ms'],
      /switchback status, cold, median, ms, against bare node/,
    ],
    ['people', ['--rollouts', '2'], /click to next act, p99, ms/],
    ['soak', ['--rollouts', '2', '--every', '200ms'], /all sampled again after kill -9, s/],
  ])('%s ends with one line of JSON, in the form that was agreed', async (name, args, figure) => {
    const { code, stdout, stderr } = await bench([name, ...args, '-o', 'json']);
    expect([code, stderr]).toEqual([0, expect.stringContaining("Temporal's dev server runs")]);
    const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as {
      bench: string;
      figures: readonly { name: string }[];
    };
    expect(report.bench).toBe(name);
    expect(report.figures.map((found) => found.name).join('\n')).toMatch(figure);
    const numberOrNull: unknown = expect.toSatisfy((value) => value === null || typeof value === 'number');
    for (const found of report.figures) {
      expect(found).toEqual({
        name: expect.any(String) as unknown,
        ours: expect.any(Number) as unknown,
        limit: numberOrNull,
        ratio: numberOrNull,
        goal: numberOrNull,
        met: expect.toSatisfy((value) => value === null || typeof value === 'boolean') as unknown,
      });
    }
  });
});

describe('the command', () => {
  it('names every benchmark in its help', async () => {
    const { code, stdout } = await bench(['--help']);
    expect(code).toBe(0);
    for (const name of benchNames) expect(stdout).toContain(`"${name}"`);
  });

  it.each([
    [
      'a benchmark that is not there',
      ['speed'],
      /Allowed choices are engine, breach, soak, approval, doors, people/,
    ],
    ['no benchmark', [], /missing required argument 'bench'/],
    ['a part of a rollout', ['soak', '--rollouts', '0.5'], /whole number above zero/],
    ['an interval that is none', ['soak', '--every', 'often'], /is not a duration/],
  ])('refuses %s', async (_what, args, fault) => {
    const { code, stdout, stderr } = await bench(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(fault);
  });

  it('fails when the benchmark itself cannot be run', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'switchback-bench-test-'));
    try {
      const temporal = join(dir, 'temporal');
      await writeFile(temporal, '#!/bin/sh\n[ "$1" = --version ] && echo temporal version 1.0.0 || exit 7\n');
      await chmod(temporal, 0o755);
      const path = `${dir}:${process.env.PATH}`;
      const { code, stdout, stderr } = await bench(['engine', '-o', 'json'], { ...process.env, PATH: path });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/Temporal dev server ended early \(exit code 7\)/);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
