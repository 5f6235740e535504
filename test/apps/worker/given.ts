import type { Environment } from '../../../apps/config/environment.js';
import type { DecisionRequest, Principal, Proof } from '../../../src/engine/state/messages.js';
import { rights, type Grant, type LeastGate, type Right } from '../../../src/identity/index.js';
import type { LocksRequest } from '../../../src/protocol/locks.js';

export const rollout = 'rollout/staging/split-name/k';

/** A shared environment in which everybody has what the grants say. */
export function sharedWith(grants: readonly Grant[], gates: readonly LeastGate[] = []): Environment {
  return {
    kind: 'shared',
    databases: {},
    flags: {},
    metrics: {},
    adapters: {},
    people: {},
    records: { url: { env: 'RECORDS_URL' } },
    principals: {
      ana: { kind: 'person', groups: ['team'] },
      ben: { kind: 'person', groups: ['sre'] },
      deployer: { kind: 'service', owner: 'ana', groups: [] },
    },
    policy: {
      rights: grants.map((one) => ({ ...one, to: [...one.to] })),
      gates: gates.map((gate) => ({ ...gate, groups: [...gate.groups] })),
      drill: 'off',
    },
  };
}

export function grant(right: Right, runbooks = '*', to: readonly string[] = ['ana']): Grant {
  return { runbooks, right, to };
}

export function principal(name = 'ana', proof: Proof = 'token'): Principal {
  return { name, groups: [], proof, via: 'api', submittedBy: name };
}

const sent = { id: 'd', by: 'ana', reason: 'seen' };
const gate = { step: 'approve/go', epoch: 0, digest: '0' };

/** Every decision about a rollout that there is, by a name of its own. */
export const decisions: Readonly<Record<string, DecisionRequest>> = {
  approve: { ...sent, type: 'approve', ...gate },
  reject: { ...sent, type: 'reject', ...gate },
  comment: { ...sent, type: 'comment' },
  'break glass': { ...sent, type: 'break-glass', incident: 'INC-7' },
  abort: { ...sent, type: 'abort' },
  pause: { ...sent, type: 'pause' },
  'pause to zero': { ...sent, type: 'pause', exposure: 'zero' },
  resume: { ...sent, type: 'resume' },
  advance: { ...sent, type: 'advance', step: 'watch/soak' },
  extend: { ...sent, type: 'extend', step: 'watch/soak', ms: 1 },
  halt: { ...sent, type: 'halt' },
  wait: { ...sent, type: 'answer', choice: 'wait' },
  'roll back': { ...sent, type: 'answer', choice: 'roll-back' },
  retry: { ...sent, type: 'resolve', choice: 'retry' },
  skip: { ...sent, type: 'resolve', choice: 'skip' },
  'halt when asked': { ...sent, type: 'resolve', choice: 'halt' },
};

/** Every decision about an environment's locks. */
export const aboutLocks: Readonly<Record<string, LocksRequest>> = {
  stop: { ...sent, type: 'stop' },
  'stop to zero': { ...sent, type: 'stop', exposure: 'zero' },
  lift: { ...sent, type: 'lift' },
  'take over': { ...sent, type: 'take-over', rollout },
  delegate: { ...sent, type: 'delegate', to: 'ana', gates: ['*'], until: 2e12 },
  'end delegation': { ...sent, type: 'end-delegation', delegation: 'd-1' },
};

/** Each right, and nothing at all. */
export const single: readonly (readonly Right[])[] = [[], ...rights.map((right) => [right])];
