import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface Spawned {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function spawnCli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Spawned> {
  const node = ['--conditions=source', '--import', 'tsx', 'apps/cli/main.ts', ...args];
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, HOME: tmpdir(), ...env }, maxBuffer: 10_000_000 };
    execFile(process.execPath, node, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

it('plans as a process of its own, without loading anything of Temporal', async () => {
  const coverage = await mkdtemp(join(tmpdir(), 'switchback-loaded-'));
  try {
    const ran = await spawnCli(['plan', 'runbooks/split-customer-name.ts', '-o', 'json'], {
      NODE_V8_COVERAGE: coverage,
    });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(JSON.parse(ran.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      digest: expect.any(String) as string,
    });

    const files = await readdir(coverage);
    const loaded = (await Promise.all(files.map((file) => readFile(join(coverage, file), 'utf8')))).join('');
    expect(loaded).toContain('/apps/cli/main.ts');
    expect(loaded).not.toContain('node_modules/@temporalio');
  } finally {
    await rm(coverage, { recursive: true, force: true });
  }
});

it('ends with the code of a refusal, its message on stderr alone', async () => {
  const ran = await spawnCli(['plan', 'nowhere.ts']);
  expect(ran).toEqual({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/^runbook nowhere\.ts: does not exist/) as string,
  });
});
