import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { DecisionRequest } from '../src/engine/state/messages.js';
import { actsOf } from '../src/engine/plan/plan.js';
import { preciseNow } from './clock.js';
import { against, type Figure } from './figures.js';
import type { Scale } from './options.js';
import { environment, gates } from './plans.js';
import { startRollout } from './rollouts.js';
import type { BenchWorker, Stage } from './stage.js';
import { median, percentile } from './statistics.js';
import { until } from './until.js';
import { taskQueueOf } from '../src/protocol/task-queue.js';

/** Approvals in one workflow: its history stays short. */
const perRollout = 10;

/** From the call that approves to the start of the act behind the gate, by the engine and by a workflow by hand. */
export async function benchApproval(stage: Stage, { rollouts = 20 }: Scale): Promise<Figure[]> {
  const { client, say } = stage;
  const worker = await stage.worker();
  await worker.ask({ type: 'start' });
  const digested = gates(perRollout);
  const acts = actsOf(digested.plan).map(({ id }) => id);
  const ours: number[] = [];
  const byHand: number[] = [];
  for (let turn = 0; turn < rollouts; turn++) {
    const engine = await startRollout(client, `${turn}`, digested);
    const hand = await client.workflow.start('gatesByHand', {
      workflowId: `by-hand/${turn}`,
      taskQueue: taskQueueOf(environment),
      args: [actsOf(digested.plan)],
    });
    for (const [index, act] of acts.entries()) {
      const step = `approve/leave-${index}`;
      await gateOpened(engine, step);
      ours.push(await approve(worker, engine, { step, act, digest: digested.digest }));
      byHand.push(await approve(worker, hand, { step, act, digest: digested.digest }));
    }
    await Promise.all([engine.result(), hand.result()]);
    say(`${ours.length} of ${rollouts * perRollout} approvals`);
  }
  return [
    against('approval to next act, p99, ms', percentile(ours, 99), percentile(byHand, 99)),
    against('approval to next act, median, ms', median(ours), median(byHand)),
  ];
}

/** Asked of the workflow itself: an approval that came before its gate would be refused. */
async function gateOpened(rollout: WorkflowHandle, step: string): Promise<void> {
  await until(`gate ${step} to open`, async () => {
    const { why } = await rollout.query<{ why: { step?: string; who: readonly string[] } }>('status');
    return why.step === step && why.who.length > 0 ? true : undefined;
  });
}

async function approve(
  worker: BenchWorker,
  workflow: WorkflowHandle,
  { step, act, digest }: { readonly step: string; readonly act: string; readonly digest: string },
): Promise<number> {
  const id = randomUUID();
  const request: DecisionRequest = { type: 'approve', id, by: 'ana', step, epoch: 0, digest };
  const sent = preciseNow();
  await workflow.executeUpdate('decide', { args: [request], updateId: id });
  const began = await until(`${act} to start`, async () => {
    const { applied } = await worker.ask({ type: 'applies' });
    return applied[`${workflow.workflowId} ${act}`];
  });
  return began - sent;
}
