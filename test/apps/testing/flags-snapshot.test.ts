import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { differingObjects } from '../../../activities/drill/objects.js';
import { snapshotFlags } from '../../../apps/testing/snapshot/flags-snapshot.js';
import { initialFlags } from '../../../demo/shop/initial-flags.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchback-flags-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function snapshot(content: object) {
  const file = join(dir, 'flags.json');
  await writeFile(file, JSON.stringify(content));
  return snapshotFlags(file);
}

it('names the member of the flag that is not as before, and whose else it is', async () => {
  const before = await snapshot(initialFlags);
  const flags = initialFlags.flags;
  const { 'free-shipping': _gone, ...others } = flags;
  const split = { ...flags['split-name'], targeting: { if: [] } };
  const { metadata: _metadata, ...rest } = initialFlags;
  const now = await snapshot({ ...rest, flags: { ...others, 'split-name': split } });
  expect(differingObjects(before, now)).toEqual([
    'flag free-shipping: defaultVariant is gone',
    'flag free-shipping: state is gone',
    'flag free-shipping: targeting is gone',
    'flag free-shipping: variants is gone',
    'flag split-name: targeting is left over',
    'flags: metadata is gone',
  ]);
});

it('does not mind how the file is written', async () => {
  const before = await snapshot(initialFlags);
  const turned = Object.fromEntries(Object.entries(initialFlags).reverse());
  expect(differingObjects(before, await snapshot(turned))).toEqual([]);
});
