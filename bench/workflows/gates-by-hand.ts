import { condition, defineUpdate, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Act } from '../../src/engine/plan/plan.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import type { Verbs } from '../../src/engine/state/ports.js';

interface Activities {
  authorise(input: { environment: string; requests: readonly DecisionRequest[] }): Promise<readonly object[]>;
  apply(input: Verbs['apply']['in']): Promise<Verbs['apply']['out']>;
}

const { authorise, apply } = proxyActivities<Activities>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '30s',
});

/** One approval before each act, and nothing else: an update that is authorised by an activity lets the act start. */
export async function gatesByHand(acts: readonly Act[]): Promise<void> {
  let approved = 0;
  setHandler(defineUpdate<object, [DecisionRequest]>('decide'), async (request) => {
    const [answer = {}] = await authorise({ environment: 'bench', requests: [request] });
    approved += 1;
    return answer;
  });
  for (const [index, act] of acts.entries()) {
    await condition(() => approved > index);
    await apply({ act, key: { rollout: workflowInfo().workflowId, step: act.id, epoch: 0 } });
  }
}
