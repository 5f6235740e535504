import { beforeAll, describe, expect, it } from 'vitest';
import { installRuntime } from '../support/runtime.js';
import { historyOf, machineIn, pathOf, startedWith, storedHistories } from './histories.js';
import { paths } from './paths.js';
import { neverEnding, verdictsOf } from './verdicts.js';

const histories = await storedHistories();

beforeAll(installRuntime);

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
    const verdicts = await verdictsOf(histories);
    expect(Object.fromEntries(verdicts)).toEqual(
      Object.fromEntries(histories.map(({ name }) => [name, 'replays'])),
    );
  });

  it('know nothing of the machine they were recorded on', () => {
    expect(histories.flatMap(machineIn)).toEqual([]);
  });
});

describe('the checks find', () => {
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
