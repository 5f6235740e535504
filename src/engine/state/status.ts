import type { DecisionType } from './messages.js';
import type { OutcomeType } from './values.js';
import type { RolloutState } from './state.js';

/** Where a rollout stands. The last four are outcomes. */
export type Status =
  | 'preflight'
  | 'queued'
  | 'running'
  | 'watching'
  | 'waiting'
  | 'holding'
  | 'paused'
  | 'retreating'
  | 'unwinding'
  | 'halting'
  | 'needs-operator'
  | OutcomeType;

/** One status of the machine. */
export interface StatusRule {
  /** What it does, in a few words. */
  readonly does: string;
  /** Every status that may follow. */
  readonly to: readonly Status[];
  /** The decisions that can make sense; whether one does now also depends on what is open. */
  readonly decisions: readonly DecisionType[];
}

const stops = ['unwinding', 'halting', 'halted', 'needs-operator'] as const;
const moving = ['running', 'watching', 'waiting', 'holding', 'paused', 'retreating'] as const;
const over: StatusRule = { does: 'is over', to: [], decisions: [] };

/**
 * The states of a rollout: what each does, what may follow and who may change it. `docs/states.md` is drawn from this
 * table, and the property tests hold every rollout they see against it.
 */
export const machine: { readonly [S in Status]: StatusRule } = {
  preflight: {
    does: 'asks for its scope, checks every act, and waits for a first pass of every guard; nothing is changed yet',
    to: [
      'queued',
      'paused',
      'running',
      'watching',
      'waiting',
      'retreating',
      'unwinding',
      'completed',
      'refused',
    ],
    decisions: ['abort', 'pause'],
  },
  queued: {
    does: 'stands in line for targets that another rollout holds',
    to: ['preflight', 'paused', 'retreating', 'unwinding', 'refused'],
    decisions: ['abort', 'pause'],
  },
  running: {
    does: 'performs an act',
    to: [...moving, ...stops, 'completed'],
    decisions: ['abort', 'pause', 'halt'],
  },
  watching: {
    does: 'gathers evidence until a watch is over',
    to: [...moving, ...stops, 'completed'],
    decisions: ['abort', 'pause', 'advance', 'extend', 'halt'],
  },
  waiting: {
    does: 'waits for people at a gate, or until a calendar lets it go on',
    to: [...moving, ...stops, 'completed'],
    decisions: ['approve', 'reject', 'comment', 'extend', 'break-glass', 'abort', 'pause', 'halt'],
  },
  holding: {
    does: 'has no good evidence: nothing moves forward',
    to: [...moving, ...stops, 'completed'],
    decisions: ['answer', 'comment', 'abort', 'pause', 'extend', 'halt'],
  },
  paused: {
    does: 'stands still because somebody said so; guards are evaluated all the same',
    to: [...moving, ...stops, 'preflight', 'queued', 'refused', 'completed'],
    decisions: [
      'resume',
      'approve',
      'reject',
      'answer',
      'comment',
      'abort',
      'pause',
      'extend',
      'break-glass',
      'halt',
    ],
  },
  retreating: {
    does: 'takes exposure, and all that was done since, back to what it was before anybody was exposed',
    to: [...moving, 'preflight', 'queued', ...stops],
    decisions: ['abort', 'pause', 'halt'],
  },
  unwinding: {
    does: 'takes everything back and reads it again',
    to: ['needs-operator', 'rolled-back', 'halted'],
    decisions: ['halt'],
  },
  halting: {
    does: 'stops where it stands: nothing is taken back past the point of no return',
    to: [...moving, 'unwinding', 'needs-operator', 'halted'],
    decisions: [],
  },
  'needs-operator': {
    does: 'cannot go on by itself',
    to: [...moving, 'preflight', 'unwinding', 'halting', 'halted', 'rolled-back', 'completed'],
    decisions: ['resolve', 'comment', 'abort', 'pause', 'halt'],
  },
  completed: over,
  'rolled-back': over,
  halted: over,
  refused: over,
};

/** Where a rollout stands: always told from what its state holds, never kept beside it. */
export function statusOf(state: RolloutState): Status {
  if (state.outcome) return state.outcome.type;
  if (state.stuck) return 'needs-operator';
  if (state.unwinding) return 'unwinding';
  if (state.halting) return 'halting';
  if (state.retreating) return 'retreating';
  if (state.paused) return 'paused';
  if (state.lock?.status === 'queued') return 'queued';
  if (!state.ready) return 'preflight';
  if (state.hold) return 'holding';
  if (state.gate ?? state.frozen) return 'waiting';
  return state.watch ? 'watching' : 'running';
}
