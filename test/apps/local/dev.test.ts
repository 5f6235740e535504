import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startChild, type Child } from '../../../apps/local/child-process.js';
import { stopDev } from '../../../apps/local/dev.js';
import { openStack } from '../../../demo/stack/dev.js';
import { isRunning } from '../../../apps/local/processes.js';
import { readStateFile, type StackState } from '../../../apps/config/state-file.js';

const small = { customers: 300, requestsPerSecond: 50, candidate: 'good' } as const;

describe('the local stack in a process of its own', () => {
  let dir: string;
  let file: string;
  let owner: Child;
  let state: StackState;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'switchback-dev-'));
    file = join(dir, 'stack.json');
    const started = await startChild<{ type: 'ready'; state: StackState }>({
      name: 'the stack',
      module: new URL('../../../demo/stack/dev-process.js', import.meta.url),
      args: [JSON.stringify(small)],
      env: { SWITCHBACK_STATE: file, TEMPORAL_ADDRESS: inject('temporalAddress') },
      log: join(dir, 'stack.log'),
    });
    owner = started;
    state = started.ready.state;
  });

  afterAll(async () => {
    await owner.kill();
    await stopDev(file);
    await rm(dir, { recursive: true, force: true });
  });

  it('writes where everything is', async () => {
    expect(await readStateFile(file)).toEqual(state);
    expect((await fetch(state.shop?.metricsUrl ?? '')).status).toBe(200);
    expect(state.owner.pid).toBe(owner.pid);
  });

  it('is refused a second time under the same state file, with how to stop it', async () => {
    const second = openStack({ ...small, onProgress: () => undefined }, file);
    await expect(second).rejects.toThrow(/runs already.*switchback dev --stop/);
  });

  it('passes messages on to the shop', async () => {
    const order = {
      type: 'relay',
      to: 'shop',
      message: { type: 'metrics', state: 'off' },
      answer: 'metrics',
    };
    await owner.ask(order, 'relayed');
    await expect(fetch(state.shop?.metricsUrl ?? '')).rejects.toThrow();
  });

  it('leaves nothing behind when its owner was killed: the next to come cleans up', async () => {
    await owner.kill();
    expect(await isRunning(state.postgres?.pid ?? 0)).toBe(true);
    expect(await stopDev(file)).toBe(true);
    for (const pid of [state.postgres?.pid, state.shop?.pid, state.worker?.pid])
      expect(await isRunning(pid ?? 0)).toBe(false);
    expect(await readStateFile(file)).toBeUndefined();
    await expect(stat(dirname(state.config ?? ''))).rejects.toThrow();
    expect(await stopDev(file)).toBe(false);
  });
});
