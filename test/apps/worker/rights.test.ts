import { describe, expect, it } from 'vitest';
import { deniedDecision, deniedLocksDecision } from '../../../apps/worker/rights/decision.js';
import type { Right } from '../../../src/identity/index.js';
import { aboutLocks, decisions, grant, principal, rollout, sharedWith, single } from './given.js';

const participants: readonly Right[] = ['start', 'start-from-file', 'approve', 'operate'];
const braking: readonly Right[] = ['brake', ...participants, 'halt', 'revert', 'break-glass'];

/** Who may take each decision: whoever has one of these rights, and nobody else. */
const may: Readonly<Record<string, readonly Right[]>> = {
  approve: ['approve'],
  reject: braking,
  comment: braking,
  'break glass': ['break-glass'],
  abort: braking,
  pause: braking,
  'pause to zero': braking,
  resume: ['operate'],
  advance: ['operate'],
  extend: ['operate', 'approve'],
  halt: ['halt'],
  wait: ['operate'],
  'roll back': braking,
  retry: ['operate'],
  skip: ['operate'],
  'halt when asked': ['halt'],
  stop: braking,
  'stop to zero': braking,
  lift: ['lift-stop'],
  'take over': ['take-over'],
  delegate: ['approve'],
  'end delegation': ['approve'],
};

const all = [...Object.keys(decisions), ...Object.keys(aboutLocks)];
const cases = single.flatMap((given) => all.map((name) => ({ name, rights: given })));

function isDenied(name: string, given: readonly Right[]): boolean {
  const environment = sharedWith(given.map((right) => grant(right)));
  const request = decisions[name];
  const why = request
    ? deniedDecision(environment, principal(), request, { rollout })
    : deniedLocksDecision(environment, principal(), aboutLocks[name]!);
  return why !== undefined;
}

describe('every decision in a shared environment', () => {
  it.each(cases)('$name with $rights', ({ name, rights }) => {
    expect(isDenied(name, rights)).toBe(!rights.some((right) => may[name]!.includes(right)));
  });

  it.each(participants)('has no dead end for whoever may %s: every way back is open', (right) => {
    const back = ['abort', 'pause', 'pause to zero', 'roll back', 'reject', 'stop', 'stop to zero'];
    expect(back.filter((name) => isDenied(name, [right]))).toEqual([]);
  });

  it('is refused to whoever may only look', () => {
    expect(all.filter((name) => !isDenied(name, ['view']))).toEqual([]);
  });

  it('is refused to whoever has left, and says who may', () => {
    const environment = sharedWith([grant('operate'), grant('brake')]);
    const resume = decisions['resume']!;
    expect(deniedDecision(environment, principal('mallory'), resume, { rollout })).toBe(
      'mallory has no right to operate on split-name: ana may',
    );
    expect(deniedDecision(environment, principal('constructor'), resume, { rollout })).toBeDefined();
  });
});

describe('a right', () => {
  const denied = (name: string, runbooks: string, right: Right, about: object = {}) =>
    deniedDecision(sharedWith([grant(right, runbooks)]), principal(), decisions[name]!, {
      rollout,
      ...about,
    }) !== undefined;

  it('counts for the runbook under whose id the rollout runs', () => {
    expect(denied('resume', 'split-*', 'operate')).toBe(false);
    expect(denied('resume', 'other-*', 'operate')).toBe(true);
    expect(denied('abort', 'other-*', 'operate')).toBe(true);
  });

  it('on a name counts for nothing where a plan from a file gave itself that name, but to go back', () => {
    expect(denied('resume', 'split-*', 'operate', { fromFile: true })).toBe(true);
    expect(denied('approve', 'split-*', 'approve', { fromFile: true })).toBe(true);
    expect(denied('resume', '*', 'operate', { fromFile: true })).toBe(false);
    expect(denied('abort', 'split-*', 'operate', { fromFile: true })).toBe(false);
  });

  it('on some runbook stops the environment, and only one on all of them lifts the stop', () => {
    const by = (right: Right, runbooks: string, name: string) =>
      deniedLocksDecision(sharedWith([grant(right, runbooks)]), principal(), aboutLocks[name]!) !== undefined;
    expect(by('start', 'other-*', 'stop')).toBe(false);
    expect(by('view', '*', 'stop')).toBe(true);
    expect(by('lift-stop', 'split-*', 'lift')).toBe(true);
    expect(by('lift-stop', '*', 'lift')).toBe(false);
    expect(by('take-over', 'split-*', 'take over')).toBe(false);
    expect(by('take-over', 'other-*', 'take over')).toBe(true);
  });

  it.each([
    ['slack', 'ana', true],
    ['token', 'ana', false],
    ['oidc', 'ana', false],
    ['token', 'deployer', true],
  ] as const)('to lift a stop by %s of %s is too weak: %j', (proof, name, weak) => {
    const environment = sharedWith([grant('lift-stop', '*', ['ana', 'deployer'])]);
    const why = deniedLocksDecision(environment, principal(name, proof), aboutLocks['lift']!);
    expect(why).toEqual(weak ? expect.stringContaining("a token or a sign-in of a person's own") : undefined);
  });
});
