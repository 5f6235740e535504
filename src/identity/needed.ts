import type { DecisionRequest } from '../engine/state/messages.js';
import type { LocksRequest } from '../protocol/locks.js';
import type { Right } from './rights.js';

/** What somebody needs for a decision. */
export interface Needed {
  /** One of these is enough. */
  readonly right: readonly Right[];
  /** On the runbook that it is about; on any, where going back must not be hard; or on all, as it is about all. */
  readonly on: 'runbook' | 'any' | 'all';
  /** A click in a chat is not enough. */
  readonly token?: true;
}

type OfType<T, R = DecisionRequest> = R extends { type: unknown } ? (T extends R['type'] ? R : never) : never;

/** By type: what only makes things safer needs `brake`, whatever it is called. */
const decisions: {
  readonly [T in DecisionRequest['type']]: readonly Right[] | ((request: OfType<T>) => readonly Right[]);
} = {
  approve: ['approve'],
  // It takes everything back, as an abort does; the gate itself asks for its groups.
  reject: ['brake'],
  // Whoever takes part may say what they see; to look on is not enough.
  comment: ['brake'],
  abort: ['brake'],
  pause: ['brake'],
  resume: ['operate'],
  advance: ['operate'],
  // "Not yet" is a word of whoever is asked, too.
  extend: ['operate', 'approve'],
  'break-glass': ['break-glass'],
  halt: ['halt'],
  answer: ({ choice }) => (choice === 'roll-back' ? ['brake'] : ['operate']),
  resolve: ({ choice }) => (choice === 'halt' ? ['halt'] : ['operate']),
};

const aboutLocks: { readonly [T in LocksRequest['type']]: Needed } = {
  stop: { right: ['brake'], on: 'any' },
  lift: { right: ['lift-stop'], on: 'all', token: true },
  'take-over': { right: ['take-over'], on: 'runbook' },
  // Nobody can hand on what they have not; what each gate asks of the delegator is looked at there.
  delegate: { right: ['approve'], on: 'any', token: true },
  'end-delegation': { right: ['approve'], on: 'any' },
};

/** What somebody needs for a decision about a rollout. */
export function neededFor(request: DecisionRequest): Needed {
  const right = decisions[request.type];
  return {
    right:
      typeof right === 'function' ? (right as (of: DecisionRequest) => readonly Right[])(request) : right,
    on: 'runbook',
  };
}

/** What somebody needs for a decision about an environment's locks. */
export function neededForLocks({ type }: LocksRequest): Needed {
  return aboutLocks[type];
}
