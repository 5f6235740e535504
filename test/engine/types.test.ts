import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { act, action, latency, purgeColumns, runbook, watch } from '../../src/index.js';

const about = {
  name: 'typed',
  owner: 'owners',
  why: 'to test',
  hypothesis: 'it compiles',
  params: z.object({}),
};
const soak = [watch('soak', { for: '1m' })];
const gone = act('gone', {
  why: 'w',
  verify: 'v',
  target: 'table:shop.customer',
  do: { kind: 'a', input: {} },
  undo: { type: 'irreversible', because: 'it is' },
});
const purge = purgeColumns({
  db: 'shop',
  table: 'customer',
  key: 'id',
  forward: { a: 'b' },
  back: { b: 'a' },
});

const turn = action('dial.turn', z.object({ to: z.number() }));

/** Never called: each line below is checked by the compiler, which fails when an expected error is missing. */
export const doesNotCompile = () => [
  // @ts-expect-error a misspelt phase
  runbook({ ...about, plan: () => ({ scope: [], canery: soak }) }),
  // @ts-expect-error an irreversible act outside contract
  runbook({ ...about, plan: () => ({ scope: ['table:shop'], promote: [gone] }) }),
  // @ts-expect-error a purge outside contract
  runbook({ ...about, plan: () => ({ scope: ['table:shop'], expand: [purge] }) }),
  // @ts-expect-error scope is missing
  runbook({ ...about, plan: () => ({ soak }) }),
  // @ts-expect-error a target has a kind and a name
  runbook({ ...about, plan: () => ({ scope: ['customer'], soak }) }),
  // @ts-expect-error a duration has a unit
  watch('soak', { for: '30' }),
  // @ts-expect-error a relative limit says what it compares with at 100 %
  latency({ source: 'shop', p: 95, atMost: '+5%' }),
  // @ts-expect-error an input that is not what the schema asks for
  turn({ to: 'eight' }),
  // @ts-expect-error a kind names adapter and action
  action('turn', z.object({})),
  runbook({ ...about, plan: () => ({ scope: ['table:shop'], soak, contract: [gone, purge] }) }),
];

describe('types', () => {
  it('are checked by the compiler: what must not compile stands above', () => {
    expect(doesNotCompile).toBeTypeOf('function');
  });
});
