import type { Verb, Verbs } from '../engine/state/ports.js';

/** The verbs that touch targets: what an adapter does. The rest of a rollout's verbs a drill answers by itself. */
export type TargetVerb =
  'resolve' | 'check' | 'capture' | 'apply' | 'undo' | 'restore' | 'observe' | 'fence' | 'verify';

/** The targets of a drill, in memory or on real servers. Each verb rejects with what keeps it from its effect. */
export type Targets = { readonly [V in TargetVerb]: (input: Verbs[V]['in']) => Promise<Verbs[V]['out']> } & {
  /** Forgets what only a process can know, as the death of a worker does. */
  crash?(): Promise<void>;
};

/** Verbs that need no target: the drill answers them itself, at once. */
export type OtherVerb = Exclude<Verb, TargetVerb>;
