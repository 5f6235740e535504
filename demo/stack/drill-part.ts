import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeInitialFlags } from '../shop/initial-flags.js';
import { createShop } from '../shop/schema.js';
import { startSupervised } from '../../apps/local/supervised-child.js';

/** The drill environment of the demo's stack, in the same file as the one that it proves plans for. */
export const drillEnvironment = 'drills';

/** Customers of the shop that is cloned: enough for a backfill of some batches. */
const customers = 2_000;

/** What is cloned for drills beside the shop that customers use: a small one of the same shape, and flags of its own. */
export async function prepareDrills(
  dir: string,
  postgres: { database(name: string): Promise<string> },
  onProgress: (line: string) => void,
): Promise<object> {
  onProgress('Making a template of the shop for drills');
  const template = await postgres.database('shop_template');
  await createShop(template, { customers });
  await mkdir(join(dir, 'drills'));
  const file = join(dir, 'drills', 'flags.json');
  await writeInitialFlags(file);
  const url = new URL(template);
  url.searchParams.set('options', '-c search_path=shop,public');
  return {
    kind: 'drill',
    databases: { shop: { url: url.href } },
    flags: { flags: { file } },
    drill: { metrics: { shop: {} } },
    people: { ana: ['team-checkout'], ben: ['sre'] },
    records: { url: await postgres.database('drill_records') },
  };
}

/** Starts the worker under drill, and starts it again when a drill has killed it. Answers how it is ended. */
export async function startDrillWorker(
  dir: string,
  config: string,
  address: string,
): Promise<() => Promise<void>> {
  const worker = await startSupervised({
    name: 'the worker under drill',
    module: new URL('../../apps/worker/worker-process.js', import.meta.url),
    args: [drillEnvironment, config, address, join(dir, 'drills', 'workflows.json')],
    log: join(dir, 'drill-worker.log'),
  });
  return () => worker.stop();
}
