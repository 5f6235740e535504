import { describe, expect, test } from 'vitest';
import {
  bindingFault,
  boundOfDecision,
  boundOfLocksDecision,
  boundOfStart,
  boundOfTakeBack,
  type Bound,
  type Claims,
} from '../../src/identity/claims.js';
import { digestOf } from '../../src/engine/base/digest.js';
import type { Plan } from '../../src/engine/plan/plan.js';

const vouched = { id: 'a-1', proof: 'token', via: 'api', submittedBy: 'ana', iat: 1, exp: 2 } as const;
const signed = (bound: Bound): Claims => ({ ...vouched, ...bound });
const about = { env: 'prod', rollout: 'rollout/prod/split/1', firstRun: 'run-1' };
const approve = { type: 'approve', id: 'a-1', by: 'ana', step: 'go', epoch: 0, digest: 'd1' } as const;

describe('a decision about a rollout', () => {
  const bound = boundOfDecision(about, approve);

  test('is what it says, signed or not', () => {
    expect(bound).toEqual({
      ...about,
      // Journals carry it: the run itself is not for whoever may look at them.
      firstRun: digestOf('run-1'),
      step: 'go',
      epoch: 0,
      digest: 'd1',
      decision: { type: 'approve' },
      id: 'a-1',
      by: 'ana',
    });
    expect(boundOfDecision(about, { ...approve, signed: 'x' })).toEqual(bound);
    expect(bindingFault(signed(bound), bound)).toBeUndefined();
  });

  test.each([
    ['environment', { env: 'staging' }],
    ['rollout', { rollout: 'rollout/prod/split/2' }],
    ['first run', { firstRun: 'run-2' }],
    ['step', { step: 'no' }],
    ['try', { epoch: 1 }],
    ['plan', { digest: 'd2' }],
    ['decision', { id: 'a-2' }],
    ['name', { by: 'ben' }],
  ] as const)('is for no other %s', (word, other) => {
    expect(bindingFault(signed({ ...bound, ...other }), bound)).toContain(`it was signed for ${word}`);
  });

  test('has no other values', () => {
    const extend = { type: 'extend', id: 'a-1', by: 'ana', step: 'soak', ms: 60_000 } as const;
    const longer = boundOfDecision(about, { ...extend, ms: 6_000_000 });
    const claims = signed(boundOfDecision(about, extend));
    expect(bindingFault(claims, longer)).toContain('something else');
    expect(bindingFault(claims, boundOfDecision(about, { ...extend, reason: 'why' }))).toContain(
      'something else',
    );
    expect(bindingFault(signed(bound), boundOfDecision(about, { ...approve, type: 'reject' }))).toContain(
      'approve',
    );
  });

  test('is bound to nothing that it leaves out', () => {
    const abort = boundOfDecision({ env: 'prod', rollout: 'r' }, { type: 'abort', id: 'a-1', by: 'ana' });
    expect(Object.keys(abort).sort()).toEqual(['by', 'decision', 'env', 'id', 'rollout']);
    expect(bindingFault(signed({ ...abort, firstRun: 'run-1' }), abort)).toContain(
      'first run run-1, not none',
    );
  });
});

test('a decision about an environment is for its locks', () => {
  const stop = { type: 'stop', exposure: 'zero', id: 'a-1', by: 'ana', reason: 'fire' } as const;
  const bound = boundOfLocksDecision('prod', stop);
  expect(bound).toMatchObject({
    rollout: 'locks/prod',
    decision: { type: 'stop', exposure: 'zero', reason: 'fire' },
  });
  expect(
    bindingFault(
      signed(bound),
      boundOfLocksDecision('prod', { type: 'lift', id: 'a-1', by: 'ana', reason: 'fire' }),
    ),
  ).toContain('something else');
});

test('a start is for its plan, its parameters and who asked for it', () => {
  const plan = { runbook: 'split', params: { canary: [5] } } as unknown as Plan;
  const said = { plan, digest: 'd1', startedBy: 'deployer', askedFor: 'ana' };
  const claims = signed(boundOfStart('prod', about.rollout, said));
  expect(bindingFault(claims, boundOfStart('prod', about.rollout, said))).toBeUndefined();
  const others = [
    { ...said, digest: 'd2' },
    { ...said, startedBy: 'ben' },
    { ...said, askedFor: 'ben' },
    { ...said, wait: false as const },
    { ...said, fromFile: true as const },
    { ...said, plan: { ...plan, params: { canary: [100] } } },
  ];
  for (const other of others)
    expect(bindingFault(claims, boundOfStart('prod', about.rollout, other))).toBeDefined();
});

test('taking back is for one rollout, in one way', () => {
  const reverts = { rollout: 'rollout/prod/split/1', kind: 'revert', by: 'ana', reason: 'slow' } as const;
  const own = 'rollout/prod/split/1-revert';
  const claims = signed(boundOfTakeBack('prod', own, reverts));
  expect(bindingFault(claims, boundOfTakeBack('prod', own, reverts))).toBeUndefined();
  const asked = { ...reverts, askedFor: 'ben' };
  expect(bindingFault(signed(boundOfTakeBack('prod', own, asked)), boundOfTakeBack('prod', own, asked))).toBe(
    undefined,
  );
  for (const other of [
    { ...reverts, kind: 'rescue' as const },
    { ...reverts, rollout: 'r2' },
    { ...reverts, reason: '' },
    asked,
  ])
    expect(bindingFault(claims, boundOfTakeBack('prod', own, other))).toBeDefined();
});
