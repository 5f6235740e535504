import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFlagsAdapter } from '../../../activities/flags/adapter.js';
import { exposureTargeting } from '../../../activities/flags/targeting.js';
import type { Act } from '../../../src/engine/plan/plan.js';
import { adapterContract, type ContractStage } from '../../../src/testing/index.js';
import { exposing, flagdFile } from './given.js';

async function stage(text: string, act: Act): Promise<ContractStage> {
  const directory = await mkdtemp(join(tmpdir(), 'switchback-test-'));
  const file = join(directory, 'flags.json');
  await writeFile(file, text);
  return {
    adapter: createFlagsAdapter({ stores: { shop: { file } } }),
    act,
    observe: () => readFile(file, 'utf8'),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

const arms = { candidate: 'on', baseline: 'off' };
const targetedAt = (percent: number) =>
  flagdFile.replace('"ours": 1.0', `"targeting": ${JSON.stringify(exposureTargeting(arms, percent))}`);

adapterContract('flags', {
  acts: {
    'expose, restored to no targeting': () => stage(flagdFile, exposing(5)),
    'expose, restored to a share': () => stage(targetedAt(0), exposing(25)),
    'expose, undone by exposing less': () =>
      stage(targetedAt(0), { ...exposing(25), undo: { type: 'act', do: exposing(0).do } }),
  },
});
