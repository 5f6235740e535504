import { expect, it } from 'vitest';
import { makeDoorKey, openDoorKey } from '../../../activities/identity/door-key.js';
import { verify } from '../../../activities/identity/verify.js';
import type { Caller } from '../../../apps/api/caller.js';
import type { Door } from '../../../apps/api/door.js';
import { byName } from '../../../apps/api/identity/by-name.js';
import { listedRunbooks } from '../../../apps/api/runbooks.js';
import { createSigner } from '../../../apps/client/signing/signer.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';
import { failurePointsOf, pointName } from '../../../src/drill/points.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import { bindingFault, boundOfDrill } from '../../../src/identity/claims.js';
import { doorOf } from './door.js';

const caller: Caller = { name: 'ana', kind: 'person', groups: [], proof: 'token' };
const made = await makeDoorKey('2026-11');
const doors = { api: { keys: [{ kid: made.kid, x: made.x }], proofs: ['token'] } } as const;
const signer = createSigner({ environment: 'here', door: 'api' }, await openDoorKey(made.secret));
const plan = splitCustomerName.evaluate({ canary: [10] });
const wanted = {
  runbook: 'split-customer-name',
  params: { canary: [10] },
  environment: 'drills',
  timeScale: 0.5,
};

async function ask(body: object, over: Partial<Door> = { signer }) {
  const file = new URL('../../../runbooks/split-customer-name.ts', import.meta.url).pathname;
  const door = doorOf(
    {},
    {
      identities: { ...byName(() => ({})), callerOf: () => Promise.resolve(caller) },
      runbooks: listedRunbooks(() => ({ 'split-customer-name': file }), '/'),
      ...over,
    },
  );
  await door.document();
  const response = await door.call('POST', '/v1/drills/signature', {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  return { status: response.status, answer: (await response.json()) as Record<string, string> };
}

it('a door vouches for who wants a drill of which points of the plan that it makes itself', async () => {
  const { status, answer } = await ask({ ...wanted, digest: planDigest(plan) });
  expect(status).toBe(200);
  const verdict = await verify(answer['signed'] ?? '', doors, Date.now());
  if (!('claims' in verdict)) throw new Error(verdict.refused);
  const said = {
    environment: 'drills',
    runbook: 'split-customer-name',
    digest: planDigest(plan),
    startedBy: 'ana',
    timeScale: 0.5,
    points: failurePointsOf(plan).map(pointName),
  };
  expect(answer).toMatchObject(said);
  expect(bindingFault(verdict.claims, boundOfDrill(said))).toBeUndefined();
});

it('names the points in the order of the plan, however they are asked for', async () => {
  const [first, second] = failurePointsOf(plan).map(pointName);
  const { answer } = await ask({ ...wanted, points: [second, first] });
  expect(answer['points']).toEqual([first, second]);
});

it.each([
  [
    'another plan than the door makes',
    { digest: 'a'.repeat(64) },
    412,
    /is not the one that this door makes/,
  ],
  ['a point that the plan does not have', { points: ['nothing crash'] }, 422, /nothing crash/],
  ['a time scale that is none', { timeScale: 2 }, 422, /timeScale/],
  ['a runbook that is not listed', { runbook: 'other' }, 404, /other/],
])('vouches for no drill of %s', async (_, over, status, fault) => {
  const refused = await ask({ ...wanted, ...over });
  expect(refused.status).toBe(status);
  expect(JSON.stringify(refused.answer)).toMatch(fault);
});

it('has nothing to vouch for where a name is enough', async () => {
  const { status, answer } = await ask(wanted, {});
  expect([status, answer['fix']]).toEqual([409, 'start the drill without --server']);
});
