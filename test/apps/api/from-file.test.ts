import { expect, it } from 'vitest';
import type { StartRequest } from '../../../apps/client/client.js';
import type { StartSaid } from '../../../src/identity/claims.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import { expose, planOf, watch } from '../../support/world/plans.js';
import { doorOf } from './door.js';

const plan = planOf({ promote: [expose('a', 100), watch('w')] });

it('a plan as JSON is started and signed as one from a file, whatever it calls itself', async () => {
  const started: StartRequest[] = [];
  const signed: StartSaid[] = [];
  const client = {
    async start(request: StartRequest) {
      started.push(request);
      await request.sign?.('rollout/here/sample/k');
      return { rollout: 'rollout/here/sample/k', runId: 'r' };
    },
  };
  const signer = {
    start: (_caller: unknown, _rollout: string, said: StartSaid) => {
      signed.push(said);
      return Promise.resolve('x.y.z');
    },
  };
  const door = doorOf(client, { signer: signer as never });
  await door.document();
  const headers = { 'content-type': 'application/json', 'switchback-as': 'ana' };
  const answer = await door.call('POST', '/v1/rollouts', { headers, body: JSON.stringify({ plan }) });
  expect([answer.status, await answer.json()]).toEqual([201, expect.objectContaining({ startedBy: 'ana' })]);
  expect(started).toEqual([expect.objectContaining({ digest: planDigest(plan), fromFile: true })]);
  expect(signed).toEqual([expect.objectContaining({ fromFile: true })]);
});
