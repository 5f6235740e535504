import { randomUUID } from 'node:crypto';
import { connect } from '../apps/client/connect.js';
import { connectToApi } from '../apps/client/http/connect-to-api.js';
import type { RolloutClient } from '../apps/client/client.js';
import { actsOf } from '../src/engine/plan/plan.js';
import { coldStarts } from './cold.js';
import { preciseNow } from './clock.js';
import { fill, settle } from './crowd.js';
import { against, told, type Figure } from './figures.js';
import { load, type Load } from './load.js';
import type { Scale } from './options.js';
import { crowd, environment, gates } from './plans.js';
import { idOf, startRollout } from './rollouts.js';
import type { BenchWorker, Stage } from './stage.js';
import { median, percentile } from './statistics.js';
import { until } from './until.js';

/** Approvals in one workflow: its history stays short. */
const perRollout = 10;
const approvers = 10;

/** Both ways to an environment: Temporal itself, and the API before it. */
interface Ways {
  readonly directly: RolloutClient;
  readonly overHttp: RolloutClient;
}

/** What the API adds to each look and to each approval, with many rollouts running; and how soon a command answers. */
export async function benchDoors(stage: Stage, { rollouts = 1_000, every }: Scale): Promise<Figure[]> {
  const worker = await stage.worker();
  await worker.ask({ type: 'start' });
  const api = await stage.api();
  const overHttp = await connectToApi({ server: api.url, as: 'ana', env: {} });
  const directly = await connect({ address: stage.address, env: {} });
  try {
    const approvals = await approve(stage, worker, { directly, overHttp });
    const keys = Array.from({ length: rollouts }, (_, index) => `crowd-${index}`);
    const soakers = keys.map((key) => ({ key, source: crowd, every }));
    await fill(stage, worker, soakers);
    await settle(stage, every);
    const looks = await look(stage, keys.map(idOf), { directly, overHttp });
    const cold = await coldStarts(stage, idOf(keys[0] ?? ''), api.url);
    return [told('rollouts running', rollouts), ...looks, ...approvals, ...cold];
  } finally {
    await Promise.all([overHttp.close(), directly.close()]);
  }
}

async function look({ say }: Stage, ids: readonly string[], ways: Ways): Promise<Figure[]> {
  const status = (client: RolloutClient) => (nth: number) => client.status(ids[nth % ids.length] ?? '');
  const list = (client: RolloutClient) => () => client.list({ environment });
  const figures: Figure[] = [];
  for (const [name, ask] of [
    ['status', status],
    ['list', list],
  ] as const) {
    say(`asking for ${name}, over HTTP and directly`);
    figures.push(...compared(name, await load(ask(ways.overHttp)), await load(ask(ways.directly))));
  }
  return figures;
}

function compared(name: string, ours: Load, direct: Load): Figure[] {
  return [
    against(`${name} over HTTP, p99, ms`, percentile(ours.took, 99), percentile(direct.took, 99)),
    against(`${name} over HTTP, median, ms`, median(ours.took), median(direct.took)),
    told(`${name} over HTTP, requests/s`, ours.perSecond),
    told(`${name} by Temporal directly, requests/s`, direct.perSecond),
  ];
}

/** From the call that approves to the start of the act behind the gate, by both ways in turns. */
async function approve({ client, say }: Stage, worker: BenchWorker, ways: Ways): Promise<Figure[]> {
  const digested = gates(perRollout);
  const acts = actsOf(digested.plan).map(({ id }) => id);
  const took = { overHttp: [] as number[], directly: [] as number[] };
  for (let nth = 0; nth < approvers; nth++) {
    for (const way of ['overHttp', 'directly'] as const) {
      const key = `${way}-${nth}`;
      await startRollout(client, key, digested);
      for (const [index, act] of acts.entries()) {
        took[way].push(await approveOnce(worker, ways[way], { key, step: `approve/leave-${index}`, act }));
      }
      await ways[way].wait(idOf(key));
    }
    say(`${took.overHttp.length} of ${perRollout * approvers} approvals each way`);
  }
  return [
    against(
      'approve over HTTP to next act, p99, ms',
      percentile(took.overHttp, 99),
      percentile(took.directly, 99),
    ),
    against('approve over HTTP to next act, median, ms', median(took.overHttp), median(took.directly)),
  ];
}

async function approveOnce(
  worker: BenchWorker,
  client: RolloutClient,
  { key, step, act }: { readonly key: string; readonly step: string; readonly act: string },
): Promise<number> {
  const rollout = idOf(key);
  const { epoch, digest } = await until(`gate ${step} to open`, async () => {
    const report = await client.status(rollout).catch(() => undefined);
    return report?.gate?.step === step ? { ...report.gate, digest: report.digest } : undefined;
  });
  const id = await client.decisionId(randomUUID());
  const sent = preciseNow();
  const answer = await client.decide(rollout, { type: 'approve', id, by: 'ana', step, epoch, digest });
  if (!answer.accepted) throw new Error(`the approval of ${step} was refused: ${answer.reason}`);
  const began = await until(`${act} to start`, async () => {
    const { applied } = await worker.ask({ type: 'applies' });
    return applied[`${rollout} ${act}`];
  });
  return began - sent;
}
