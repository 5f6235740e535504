import { describe, expect, it } from 'vitest';
import { byName } from '../../../apps/api/identity/by-name.js';
import { createSigner } from '../../../apps/client/signing/signer.js';
import { signerOf } from '../../../apps/client/signing/of-environment.js';
import type { Caller } from '../../../apps/api/caller.js';
import { makeDoorKey, openDoorKey } from '../../../activities/identity/door-key.js';
import { verify } from '../../../activities/identity/verify.js';
import type { StartRequest } from '../../../apps/client/client.js';
import type { Environment } from '../../../apps/config/config.js';
import { digestOf } from '../../../src/engine/base/digest.js';
import { bindingFault, boundOfDecision } from '../../../src/identity/claims.js';
import type { DecisionRequest } from '../../../src/engine/state/messages.js';
import { askingPlan } from '../cli/plans.js';
import { doorOf } from './door.js';

const caller: Caller = { name: 'ana', kind: 'person', groups: [], proof: 'token' };
const about = { rollout: 'rollout/here/some-thing/k1', firstRun: 'r1' };
const request: DecisionRequest = { id: 'ana/k', by: 'ana', type: 'abort', reason: 'enough' };
const made = await makeDoorKey('2026-11');
const doors = { api: { keys: [{ kid: made.kid, x: made.x }], proofs: ['token'] } } as const;

describe('what a door signs', () => {
  it('is who decided what, by which proof, for this run of the rollout, and counts for ten minutes', async () => {
    const signer = createSigner({ environment: 'here', door: 'api' }, await openDoorKey(made.secret));
    const signed = await signer.decision(caller, about, request);
    const verdict = await verify(signed, doors, Date.now());
    if (!('claims' in verdict)) throw new Error(verdict.refused);
    const { claims } = verdict;
    expect(claims).toMatchObject({ via: 'api', proof: 'token', submittedBy: 'ana', by: 'ana' });
    expect(claims.exp - claims.iat).toBe(600);
    const bound = (over: object) => boundOfDecision({ env: 'here', ...about, ...over }, request);
    expect(bindingFault(claims, bound({}))).toBeUndefined();
    expect(bindingFault(claims, bound({ firstRun: 'r2' }))).toMatch(/first run/);
    expect(bindingFault(claims, bound({ env: 'there' }))).toMatch(/environment/);
  });

  it('goes with each decision that it hands in', async () => {
    const sent: DecisionRequest[] = [];
    const signer = createSigner({ environment: 'here', door: 'api' }, await openDoorKey(made.secret));
    const client = {
      describe: () => Promise.resolve({ firstRun: 'r1' }),
      decide: (_: string, one: DecisionRequest) => {
        sent.push(one);
        return Promise.resolve({ accepted: true, reason: 'so be it' });
      },
    };
    const identities = { ...byName(() => ({})), callerOf: () => Promise.resolve(caller) };
    const door = doorOf(client, { signer, identities });
    await door.document();
    const { status } = await door.call('POST', '/v1/rollouts/some-thing/k1/decisions/abort', {
      body: '{"reason":"enough"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(status).toBe(200);
    const [decision] = sent;
    const verdict = await verify(decision?.signed ?? '', doors, Date.now());
    expect(verdict).toMatchObject({ claims: { id: decision?.id, rollout: about.rollout } });
    // The journal carries it, and whoever may look at that is not to know the run itself.
    expect(verdict).toMatchObject({ claims: { firstRun: digestOf('r1') } });
  });
});

it('says of a plan that came as JSON that it did: it may call itself anything', async () => {
  const started: StartRequest[] = [];
  const signer = createSigner({ environment: 'here', door: 'api' }, await openDoorKey(made.secret));
  const client = {
    start: (given: StartRequest) => {
      started.push(given);
      return Promise.resolve({ rollout: 'rollout/here/rename-thing/k1', runId: 'r' });
    },
  };
  const identities = { ...byName(() => ({})), callerOf: () => Promise.resolve(caller) };
  const door = doorOf(client, { signer, identities });
  await door.document();
  const { status } = await door.call('POST', '/v1/rollouts', {
    body: JSON.stringify({ plan: askingPlan() }),
    headers: { 'content-type': 'application/json' },
  });
  const [given] = started;
  expect([status, given?.fromFile]).toEqual([201, true]);
  const signed = await given?.sign?.('rollout/here/rename-thing/k1');
  const verdict = await verify(signed ?? '', doors, Date.now());
  expect(verdict).toMatchObject({ claims: { decision: { type: 'start', fromFile: true } } });
});

describe('a shared environment', () => {
  const environment = (over: object) =>
    ({
      kind: 'shared',
      identity: { doors, issuers: [], tokens: [] },
      door: { name: 'api', key: made.secret },
      ...over,
    }) as unknown as Environment;

  it('is served by a door whose key counts, and by no other', async () => {
    expect(await signerOf('here', environment({}))).toBeDefined();
    await expect(signerOf('here', environment({ door: undefined }))).rejects.toThrow(/has no door here/);
    const key = (await makeDoorKey('other')).secret;
    const unknown = environment({ door: { name: 'api', key } });
    await expect(signerOf('here', unknown)).rejects.toThrow(/key other, which does not count/);
    const revoked = { api: { ...doors.api, keys: [{ kid: made.kid, x: made.x, revoked: 1 }] } };
    const old = environment({ identity: { doors: revoked, issuers: [], tokens: [] } });
    await expect(signerOf('here', old)).rejects.toThrow(/does not count/);
  });
});
