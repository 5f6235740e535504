import { fileURLToPath } from 'node:url';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleWorkflows } from '../../src/app/workflow-bundle.js';
import {
  historyOf,
  machineIn,
  pathOf,
  startedWith,
  storedHistories,
  type StoredHistory,
} from './histories.js';
import { paths } from './paths.js';

/** What stands beside those of rollouts: workflows that go on in every new build. */
const neverEnding = ['sentinel', 'sentinel-moved', 'locks', 'locks-moved'];

const histories = await storedHistories();

beforeAll(() => {
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
});

/** What replaying says of each history: the error's message, or `replays`. */
async function replay(given: readonly StoredHistory[], workflows?: string): Promise<Map<string, string>> {
  const workflowBundle = await bundleWorkflows(workflows);
  const names = new Map(given.map((stored) => [historyOf(stored).runId, stored.name]));
  const verdicts = new Map<string, string>();
  for await (const { runId, error } of Worker.runReplayHistories({ workflowBundle }, given.map(historyOf)))
    verdicts.set(names.get(runId) ?? runId, error ? error.message : 'replays');
  return verdicts;
}

describe('the stored histories', () => {
  it('are of every path, and of nothing else', () => {
    const stored = [...new Set(histories.map(pathOf))].sort();
    expect(stored).toEqual([...paths, ...neverEnding].sort());
  });

  it('hold several runs where a path has them', () => {
    for (const path of ['continue-as-new', 'sentinel', 'locks'])
      expect(histories.filter((stored) => pathOf(stored) === path).length, path).toBeGreaterThan(1);
  });

  it('have a run that began in the middle of a rollback', () => {
    const runs = histories.filter((stored) => pathOf(stored) === 'continue-as-new-while-unwinding');
    expect(runs.some((stored) => startedWith(historyOf(stored).history).includes('"unwinding"'))).toBe(true);
  });

  it.each(['sentinel-moved', 'locks-moved'])(
    'have %s: it went on with another build in the middle of a run',
    (path) => {
      const moved = histories.find(({ name }) => name === path);
      const events = (moved && historyOf(moved).history.events) ?? [];
      const builds = events.flatMap(
        ({ workflowTaskCompletedEventAttributes: done }) => done?.deploymentVersion?.buildId ?? [],
      );
      expect([...new Set(builds)]).toEqual(['first', 'second']);
    },
  );

  it('replay with the workflows of today', async () => {
    const verdicts = await replay(histories);
    expect(Object.fromEntries(verdicts)).toEqual(
      Object.fromEntries(histories.map(({ name }) => [name, 'replays'])),
    );
  });

  it('know nothing of the machine they were recorded on', () => {
    expect(histories.flatMap(machineIn)).toEqual([]);
  });
});

describe('the checks find', () => {
  it('workflows that would decide otherwise, for each rollout', async () => {
    const changed = fileURLToPath(new URL('./fixtures/changed', import.meta.url));
    const verdicts = await replay(histories, changed);
    const rollouts = histories.filter((stored) => !neverEnding.includes(pathOf(stored)));
    for (const { name } of rollouts) expect(verdicts.get(name), name).toMatch(/nondeterminism/i);
    for (const name of neverEnding) expect(verdicts.get(name), name).toBe('replays');
  });

  it('a process, a host, a port and a directory, in the open and in payloads', () => {
    const planted = (text: string) => ({ name: 'planted', text: JSON.stringify({ events: [{ text }] }) });
    const payload = (text: string) => ({
      name: 'planted',
      text: JSON.stringify({ metadata: {}, data: Buffer.from(text).toString('base64') }),
    });
    const texts = ['4711@somewhere', '127.0.0.1:5432', 'at localhost:80', 'in /tmp/switchback-x/flags.json'];
    expect(texts.flatMap((text) => machineIn(planted(text)))).toHaveLength(texts.length);
    expect(texts.flatMap((text) => machineIn(payload(text)))).toHaveLength(texts.length);
    expect(machineIn(payload('rollout/test/split-customer-name/1 by ana@team'))).toEqual([]);
  });
});
