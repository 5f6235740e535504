import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { demoParams } from '../../demo/run/scenarios.js';
import type { DrillSummary } from '../../demo/run/drill-summary.js';
import { pointsToCover } from '../../src/drill/coverage.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import { programOf } from '../../apps/local/child-process.js';

/** Runs the demo of drills; answers its exit code and what it printed. */
async function drillDemo(
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { file, execArgv } = programOf(new URL('../../demo/drill/main.js', import.meta.url));
  const child = spawn(process.execPath, [...execArgv, file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text));
  child.stderr.on('data', (text: Buffer) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

it('drills the runbook of the demo at every point, and each comes back', { timeout: 1_200_000 }, async () => {
  const { code, stdout, stderr } = await drillDemo(['-o', 'json']);
  const plan = splitCustomerName.evaluate(demoParams);
  const points = pointsToCover(plan).length;
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as DrillSummary;
  expect(summary.failed, stderr).toEqual([]);
  expect(summary).toMatchObject({
    digest: planDigest(plan),
    points,
    drilled: points,
    passed: points,
    pastReturn: 2,
    coverage: 1,
    rowsLost: 0,
  });
  expect(points).toBeGreaterThanOrEqual(20);
  expect(code).toBe(0);
});
