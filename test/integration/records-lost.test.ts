import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Configuration } from '../../apps/config/config.js';
import { openProxy, type Proxy } from '../chaos/proxy.js';
import { prepareWorker, type RunningWorker } from '../support/rollouts/worker.js';
import { eventually, openEnvironment, type TestEnvironment } from '../support/rollouts.js';

interface Cut {
  readonly environment: TestEnvironment;
  /** Between the records and the workers that `work` starts. */
  readonly network: Proxy;
  /** What the workers of `work` told. */
  readonly told: readonly string[];
  /** Starts a worker that reaches the records through the network alone. */
  work(): Promise<RunningWorker>;
}

async function given(body: (cut: Cut) => Promise<void>): Promise<void> {
  const environment = await openEnvironment();
  const { name, client, config, records } = environment;
  const url = new URL(records.url);
  const network = await openProxy(Number(url.port));
  url.port = String(network.port);
  const configuration = JSON.parse(await readFile(config, 'utf8')) as Configuration;
  const through = { ...configuration.environments[name]!, records: { url: url.href } };
  const other = join(dirname(config), 'through-the-network.json');
  await writeFile(other, JSON.stringify({ environments: { [name]: through } }));
  const told: string[] = [];
  const workers: RunningWorker[] = [];
  const place = {
    environment: name,
    config: other,
    address: client.address,
    log: join(dirname(config), 'cut.log'),
    tell: (text: string) => void told.push(text),
  };
  try {
    await body({
      environment,
      network,
      told,
      async work() {
        const worker = (await prepareWorker(place))();
        workers.push(worker);
        return worker;
      },
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await environment.close();
    await network.close();
  }
}

it('what was exposed goes back while the records do not answer, and the journal is whole afterwards', () =>
  given(async ({ environment, network, work }) => {
    await work();
    const rollout = await environment.start({ canaryFor: '5m' });
    await rollout.waitForWatch('watch/canary-25');
    expect(environment.percent()).toBe(25);
    const back = network.hang();
    await rollout.decide('ana', { type: 'abort' });
    await eventually(() => expect(environment.percent()).toBe(0));
    await rollout.waitFor('everything taken back', ({ status }) => status === 'rolled-back');
    back();
    const { outcome, journal } = await rollout.ended();
    expect(outcome.type).toBe('rolled-back');
    expect((await rollout.exported()).map(({ event }) => event)).toEqual(journal);
    expect(await rollout.verifyExported()).toMatchObject({ ok: true });
  }));

it('what was exposed goes back, and is called rolled back, while each answer of the records takes ten seconds', () =>
  given(async ({ environment, network, work }) => {
    await work();
    const rollout = await environment.start({ canaryFor: '10m' });
    await rollout.waitForWatch('watch/canary-25');
    network.slow(10_000);
    await rollout.decide('ana', { type: 'abort' });
    await eventually(() => expect(environment.percent()).toBe(0));
    await rollout.waitFor('everything taken back', ({ status }) => status === 'rolled-back');
    network.slow(0);
    const { outcome, journal } = await rollout.ended();
    expect(outcome.type).toBe('rolled-back');
    expect((await rollout.exported()).map(({ event }) => event)).toEqual(journal);
    expect(await rollout.verifyExported()).toMatchObject({ ok: true });
  }));

it('of two workers that share nothing but servers, one loses the records: the other keeps them', () =>
  given(async ({ environment, network, work }) => {
    await work();
    await environment.work();
    const rollout = await environment.start();
    await rollout.waitForGate('approve/go');
    network.hang();
    await rollout.decideAt('approve/go', 'ana', { type: 'reject' });
    const { outcome, journal } = await rollout.ended();
    expect(outcome.type).toBe('rolled-back');
    expect(environment.percent()).toBe(0);
    expect((await rollout.exported()).map(({ event }) => event)).toEqual(journal);
    expect(await rollout.verifyExported()).toMatchObject({ ok: true });
  }));

it('a worker starts without the records, takes back, and uses them once they answer', () =>
  given(async ({ environment, network, told, work }) => {
    const first = await work();
    const rollout = await environment.start({ canaryFor: '5m' });
    await rollout.waitForWatch('watch/canary-25');
    await first.stop();
    const back = network.hang();
    await work();
    await eventually(() =>
      expect(told).toContainEqual(
        expect.stringMatching(/WARNING +the records at 127\.0\.0\.1:\d+\/\S+ cannot be used/),
      ),
    );
    await eventually(() => rollout.decide('ana', { type: 'abort' }));
    await eventually(() => expect(environment.percent()).toBe(0));
    back();
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
    await eventually(() => expect(told).toContainEqual(expect.stringMatching(/can be used again$/)));
  }));

it('a database that has lost the newest entries is told them again', () =>
  given(async ({ environment, work }) => {
    await work();
    const rollout = await environment.start();
    await rollout.waitForGate('approve/go');
    const { records } = environment;
    const before = await eventually(async () => {
      const exported = await rollout.exported();
      expect(exported).toHaveLength((await rollout.journal()).length);
      return exported;
    });
    // As a standby that was behind would have it.
    await records.query('DELETE FROM switchback.journal WHERE number > 3');
    await records.query('UPDATE switchback.journal_heads SET entries = 3, hash = $1 WHERE rollout = $2', [
      before[2]!.hash,
      rollout.id,
    ]);
    await rollout.decideAt('approve/go', 'ana', { type: 'reject' });
    const { journal } = await rollout.ended();
    expect((await rollout.exported()).map(({ event }) => event)).toEqual(journal);
    expect(await rollout.verifyExported()).toMatchObject({ ok: true });
  }));
