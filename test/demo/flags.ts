import { readFile, rename, writeFile } from 'node:fs/promises';
import { SPLIT_NAME } from '../../demo/shop/initial-flags.js';

/** Sends this share of customers (percent) to the candidate, as a rollout's edit of the file would. */
export async function expose(file: string, percent: number): Promise<void> {
  const document = JSON.parse(await readFile(file, 'utf8')) as { flags: Record<string, object> };
  const bucketBy = { cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] };
  document.flags[SPLIT_NAME] = {
    ...document.flags[SPLIT_NAME],
    targeting: { fractional: [bucketBy, ['on', percent], ['off', 100 - percent]] },
  };
  await writeFile(`${file}.new`, JSON.stringify(document));
  await rename(`${file}.new`, file);
}
