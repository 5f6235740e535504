import type { Right } from '../../src/identity/index.js';

/**
 * What whoever asks must have. `nothing`: no token is asked for, and nothing of rollouts is told. `a name`: whoever they
 * are. One right of a list is enough. A right counts for the runbook that the request is about, where it is about one, and else for any.
 */
export type Need = 'nothing' | 'a name' | Right | readonly Right[];

/** Which right each operation needs: all of them, and nowhere else. An operation that is missing here does not compile. */
export const needs = {
  health: 'nothing',
  ready: 'nothing',
  document: 'nothing',
  signIn: 'nothing',
  metrics: 'view',
  whoami: 'a name',
  listRunbooks: 'view',
  evaluatePlan: 'view',
  checkPlan: 'view',
  diffPlan: 'view',
  listRollouts: 'view',
  startRollout: ['start', 'start-from-file'],
  describeRollout: 'view',
  rolloutStatus: 'view',
  rolloutWhy: 'view',
  rolloutPlan: 'view',
  rolloutReadings: 'view',
  rolloutAttempts: 'view',
  rolloutJournal: 'view',
  rolloutEvents: 'view',
  approve: 'approve',
  reject: 'brake',
  comment: 'brake',
  'break-glass': 'break-glass',
  abort: 'brake',
  pause: 'brake',
  resume: 'operate',
  advance: 'operate',
  extend: ['operate', 'approve'],
  answer: ['operate', 'brake'],
  resolve: ['operate', 'halt'],
  halt: 'halt',
  revert: 'revert',
  rescue: 'revert',
  moveRollout: 'operate',
  readLocks: 'view',
  stop: 'brake',
  lift: 'lift-stop',
  takeOver: 'take-over',
  listDelegations: 'view',
  delegate: 'approve',
  endDelegation: 'approve',
  listBuilds: 'view',
  makeBuildCurrent: 'operate',
  repair: 'operate',
  signDrill: 'drill',
  doctor: 'operate',
} as const satisfies Record<string, Need>;

export type OperationId = keyof typeof needs;
