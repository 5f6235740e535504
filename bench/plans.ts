import * as s from '../src/index.js';
import type { Act, Plan, Target } from '../src/engine/plan/plan.js';
import { z } from 'zod';
import { planDigest } from '../src/engine/plan/plan-digest.js';

/** The environment that all rollouts of the benchmarks run in. */
export const environment = 'bench';

/** The source that almost everyone shares, the one that many share and that is spoilt for all of them, and lone ones. */
export const crowd = 'crowd';
export const burst = 'burst';
export const loneSources: readonly string[] = Array.from({ length: 100 }, (_, index) => `lone-${index}`);
export const sourceNames: readonly string[] = [crowd, burst, ...loneSources];

/** A plan with the digest that a rollout is started with. */
export interface Digested {
  readonly plan: Plan;
  readonly digest: string;
}

/** So many acts one after the other, each on a target of its own, and nothing else. */
export function actsOnly(count: number): Digested {
  return planned({
    scope: ['flag:bench'],
    expand: Array.from({ length: count }, (_, index) => set(`act-${index}`, `flag:bench.${index}`)),
  });
}

/** One approval before each of so many acts; those of the same name stand in line behind each other. */
export function gates(count: number, name = 'bench'): Digested {
  return planned({
    scope: [`flag:${name}`],
    expand: Array.from({ length: count }, (_, index) => [
      s.approve(`leave-${index}`, { by: ['bench'], within: '1h' }),
      set(`act-${index}`, `flag:${name}.${index}`),
    ]).flat(),
  });
}

/** Exposes a flag of its own and soaks, guarded by one source. */
export function soaking(name: string, source: string, every: s.Duration): Digested {
  const flag: Target = `flag:${name}`;
  return planned({
    scope: [flag],
    guards: [s.errorRate({ source, atMost: 0.01, every })],
    // Thousands start at once here, and wait for the server longer than a single one would.
    deadlines: { preflight: '1h', ask: '1h', giveUp: '2h' },
    canary: [{ ...set('expose', flag), exposure: { percent: 5, drain: 0 } }, s.watch('soak', { for: '30d' })],
  });
}

function set(name: string, target: Target): Act<{ readonly type: 'restore' }> {
  return s.act(name, {
    why: 'The benchmark measures how soon it starts.',
    verify: 'the flag in memory',
    target,
    do: { kind: 'memory.set', input: {} },
    undo: { type: 'restore' },
  });
}

function planned(draft: s.PlanDraft): Digested {
  const bench = s.runbook({
    name: 'bench',
    owner: 'bench',
    why: 'How much does the engine cost?',
    hypothesis: 'Little.',
    params: z.object({}),
    plan: () => draft,
  });
  const plan = bench.evaluate({});
  return { plan, digest: planDigest(plan) };
}
