import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../apps/local/commands.js';
import { startTemporal } from '../../apps/local/temporal-server.js';
import { newerTemporalCli, workflowPause } from '../support/second-server.js';

test('the newer server can pause a workflow', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-newer-'));
  const executable = await newerTemporalCli();
  const server = await startTemporal({ executable, dir, dynamicConfig: [workflowPause] });
  onTestFinished(async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const temporal = async (...args: string[]) => {
    const { reason, stdout } = await runCommand(executable, [...args, '--address', server.address]);
    if (reason !== undefined) throw new Error(`temporal ${args.join(' ')}: ${reason}`);
    return stdout;
  };
  await temporal('workflow', 'start', '--type', 'nobodys', '--task-queue', 'nobodys', '-w', 'one');
  await temporal('workflow', 'pause', '-w', 'one', '--reason', 'a test');
  const described = await temporal('workflow', 'describe', '-w', 'one', '-o', 'json');
  expect(described).toContain('WORKFLOW_EXECUTION_STATUS_PAUSED');
});
