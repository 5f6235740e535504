import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundled } from '../support/bundle.js';
import { installRuntime } from '../support/runtime.js';
import { replayHistory } from '../support/rollouts/replay-history.js';
import { historyOf, storedHistories } from './histories.js';

let dir: string;
beforeAll(async () => {
  installRuntime();
  dir = await mkdtemp(join(tmpdir(), 'switchback-replay-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('a replay that begins while the last of the others ends has a runtime', async () => {
  const { code } = await bundled();
  const codePath = join(dir, 'workflows.js');
  await writeFile(codePath, code);
  const [stored] = await storedHistories();
  if (!stored) throw new Error('no history is stored');
  const { history, workflowId } = historyOf(stored);
  const replay = async () => {
    const begun = Date.now();
    await replayHistory({ codePath }, history, workflowId);
    return Date.now() - begun;
  };
  await replay();
  let takes = await replay();
  const faults: string[] = [];
  for (let before = 30; before >= 0; before -= 1) {
    const first = replay();
    await sleep(takes - before);
    const second = replay().catch((error: unknown) => faults.push(`${before} ms before: ${String(error)}`));
    takes = await first;
    await second;
  }
  expect(faults).toEqual([]);
});
