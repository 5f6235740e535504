import type { Adapter, Work } from '../../src/protocol/adapter.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Act, Target } from '../../src/engine/plan/plan.js';
import type { Verbs } from '../../src/engine/state/ports.js';
import type { Capture, Observed, Things } from '../../src/engine/state/values.js';

/** Keeps the first capture of a target, whoever comes second. */
export interface Captures {
  putIfAbsent(rollout: string, target: Target, capture: Capture): Promise<Capture>;
}

type AdapterVerb =
  'resolve' | 'check' | 'capture' | 'apply' | 'undo' | 'restore' | 'observe' | 'fence' | 'verify';
type Activities = { [V in AdapterVerb]: (input: Verbs[V]['in'], work: Work) => Promise<Verbs[V]['out']> };

/** The verbs that touch targets, as activities: each finds its adapter by the action's kind. */
export function createVerbs(adapters: readonly Adapter[], captures: Captures): Activities {
  const find = (act: Act) => adapterOf(adapters, act);
  return {
    resolve: ({ scope }, work) => thingsOf(adapters, scope, work),
    check: async ({ act, acts }, work) => ({ evidence: await find(act).check(act, work, acts) }),
    async capture({ act, key }, work) {
      const state = await find(act).read(act, work);
      return captures.putIfAbsent(key.rollout, act.target, { target: act.target, at: Date.now(), state });
    },
    apply: async ({ act, key }, work) => find(act).apply(act, key, work),
    undo: async ({ act, action, key }, work) => find(act).undo(act, action, key, work),
    restore: async ({ act, capture, key }, work) => find(act).restore(act, capture, key, work),
    observe: async ({ act, capture }, work) => (await find(act).observe?.(act, capture, work)) ?? unasked,
    fence: async ({ act, key }, work) => find(act).fence(act, key, work),
    async verify({ acts, capture, key }, work) {
      const [first] = acts;
      if (!first) throw new Refusal(capture.target, 'was touched by no act', 'verify what an act touched');
      return find(first).verify(acts, capture, key, work);
    },
  };
}

/** Whichever adapter knows more of a target than its name. */
async function thingsOf(adapters: readonly Adapter[], scope: readonly Target[], work: Work): Promise<Things> {
  const known = await Promise.all(
    scope.map(async (target) => {
      const paths = await Promise.all(
        adapters.map(async (adapter) => (await adapter.identify?.(target, work)) ?? []),
      );
      return [target, paths.flat()] as const;
    }),
  );
  return Object.fromEntries(known.filter(([, paths]) => paths.length > 0));
}

const unasked: Observed = { asked: false, evidence: {} };

function adapterOf(adapters: readonly Adapter[], act: Act): Adapter {
  const name = act.do.kind.split('.')[0];
  const found = adapters.find((adapter) => adapter.name === name);
  if (found) return found;
  const known = adapters.map((adapter) => adapter.name).join(', ');
  throw new Refusal(act.id, `no adapter performs ${act.do.kind}`, `this worker has ${known}`);
}
