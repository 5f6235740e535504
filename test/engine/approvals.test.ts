import { expect, it } from 'vitest';
import { admitApproval } from '../../src/engine/decide/approvals.js';
import { hasShownEnough } from '../../src/engine/decide/strength.js';
import { askedNow } from '../../src/engine/state/gate.js';
import { act, gate, planOf, watch } from '../support/world/plans.js';

it.each([
  ['name', 'person', 'slack', false],
  ['slack', 'person', 'slack', true],
  ['slack', 'person', 'token', false],
  ['token', 'person', 'token', true],
  ['oidc', 'person', 'token', true],
  ['token', 'service', 'token', false],
  [undefined, 'person', 'slack', false],
  // A local environment says of nobody what they are.
  ['name', undefined, 'token', true],
  [undefined, undefined, 'token', true],
] as const)('proof %s of a %s where %s is needed: %j', (proof, kind, needed, enough) => {
  const by = { ...(proof && { proof }), ...(kind && { kind }) };
  expect(hasShownEnough(by, needed)).toBe(enough);
  expect(hasShownEnough(by)).toBe(true);
});

it('a chat click is refused where a token is needed, and says what would do', () => {
  const asked = { step: 'approve/go', by: ['sre'], quorum: 1, fourEyes: false, strength: 'token' } as const;
  const by = { name: 'ana', groups: ['sre'], kind: 'person', proof: 'slack' } as const;
  expect(admitApproval(asked, [], [], by)).toEqual({
    refused: "approve/go needs a token or a sign-in of a person's own; it was slack",
  });
  expect(admitApproval(asked, [], [], { ...by, proof: 'oidc' })).toEqual({ approval: { by: 'ana' } });
});

const gone = { type: 'irreversible', because: 'it is gone' } as const;

it('the gate before what cannot be undone asks for a token, unless it says otherwise', () => {
  const purge = act('purge/1', 'table:x', gone);
  const plan = planOf({ promote: [gate('go')], contract: [gate('early'), gate('last'), watch('1'), purge] });
  const strengthOf = (step: string) => askedNow(plan, { step })?.strength;
  expect(['approve/go', 'approve/early', 'approve/last'].map(strengthOf)).toEqual([
    undefined,
    undefined,
    'token',
  ]);
  const said = { ...gate('last'), approval: { ...gate('last').approval, strength: 'slack' as const } };
  const other = planOf({ contract: [said, purge] });
  expect(askedNow(other, { step: 'approve/last' })?.strength).toBe('slack');
});
