import { beforeAll, expect, it } from 'vitest';
import { installRuntime } from '../support/runtime.js';
import { pathOf, storedHistories } from './histories.js';
import { neverEnding, verdictsOf } from './verdicts.js';

beforeAll(installRuntime);

it('a replay finds workflows that would decide otherwise, for each rollout', async () => {
  const histories = await storedHistories();
  const verdicts = await verdictsOf(histories, new URL('./fixtures/changed', import.meta.url));
  const rollouts = histories.filter((stored) => !neverEnding.includes(pathOf(stored)));
  for (const { name } of rollouts) expect(verdicts.get(name), name).toMatch(/nondeterminism/i);
  for (const name of neverEnding) expect(verdicts.get(name), name).toBe('replays');
});
