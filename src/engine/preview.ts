import { execute } from './execute.js';
import type { JournalEvent } from './state/journal.js';
import type { Message } from './state/messages.js';
import type { Plan } from './plan/plan.js';
import { approvalOf } from './state/rights.js';
import type { Effects, Result, Running, Verb, Verbs } from './state/ports.js';
import { initialState, type RolloutState } from './state/state.js';
import type { GuardReading, Subscription } from './state/values.js';
import { planDigest } from './plan/plan-digest.js';

/** A plan carried out on paper: acts take no time, guards pass, people agree at once. */
export interface Preview {
  /** Offsets from the start in milliseconds: the earliest at which each thing can happen. */
  readonly timeline: readonly { readonly at: number; readonly event: JournalEvent }[];
  /** Milliseconds from start to end at the earliest. */
  readonly earliestEnd: number;
}

/** Runs the interpreter itself over effects that only write down what would happen. */
export async function preview(plan: Plan): Promise<Preview> {
  const state = initialState(plan, {
    rollout: 'preview',
    environment: 'preview',
    digest: planDigest(plan),
    startedBy: 'preview',
  });
  const events: JournalEvent[] = [];
  await execute(plan, state, paper(plan, state, events));
  return {
    timeline: events.map((event) => ({ at: event.at, event })),
    earliestEnd: events.at(-1)?.at ?? 0,
  };
}

function paper(plan: Plan, state: RolloutState, events: JournalEvent[]): Effects {
  let now = 0;
  const inbox: Message[] = [];
  return {
    now: () => now,
    wait(until) {
      if (inbox.length === 0 && until !== undefined) now = Math.max(now, until);
      return Promise.resolve();
    },
    renews: () => false,
    overflows: () => false,
    next: () => inbox.shift(),
    record(event) {
      events.push(event);
      if (event.type === 'gate-opened') inbox.push(...agreement(plan, state));
    },
    perform<V extends Verb>(verb: V, input: Verbs[V]['in']): Running<Verbs[V]['out']> {
      if (verb === 'subscribe') inbox.push(allPass(input as Subscription, now));
      const result = { ok: true, value: answers[verb](input, now) } as Result<Verbs[V]['out']>;
      return { result, cancel: () => undefined };
    },
  };
}

const answers: { readonly [V in Verb]: (input: Verbs[V]['in'], now: number) => Verbs[V]['out'] } = {
  check: () => ({ evidence: {} }),
  capture: ({ act }, now) => ({ target: act.target, at: now, state: {} }),
  apply: () => ({}),
  undo: () => ({}),
  restore: () => ({ evidence: {} }),
  observe: () => ({ asked: false, evidence: {} }),
  fence: () => ({ effect: 'none' }),
  verify: () => ({ verified: true, reason: 'on paper', evidence: {} }),
  subscribe: () => null,
  unsubscribe: () => null,
  recollect: () => ({ started: [], epochs: {}, captures: [] }),
  judge: ({ subscription, from, to }) => ({
    verdict: 'pass',
    reason: 'on paper',
    failed: [],
    covered: to - from,
    recorded: {},
    last: passes(subscription, to),
  }),
  notify: () => null,
  able: ({ gates }) =>
    Object.fromEntries(
      gates.map(({ step, quorum }) => [
        step,
        Array.from({ length: quorum }, (_, index) => `someone (${index + 1})`),
      ]),
    ),
  window: () => ({ open: true }),
  resolve: () => ({}),
  acquire: () => ({ status: 'granted' }),
  release: () => null,
};

function allPass(subscription: Subscription, at: number): Message {
  const { number, exposed = [] } = subscription;
  const looks = exposed.map(({ target }) => ({
    target,
    verdict: 'as-left' as const,
    at,
    reason: 'on paper',
  }));
  return { type: 'evidence', subscription: number, readings: passes(subscription, at), looks };
}

function passes({ guards }: Subscription, at: number): GuardReading[] {
  return guards.map(({ name }) => ({ guard: name, verdict: 'pass', at, reason: 'on paper' }));
}

function agreement(plan: Plan, state: RolloutState): Message[] {
  const { gate, digest } = state;
  const approval = gate && approvalOf(plan, gate.step);
  if (!gate || !approval) return [];
  return Array.from({ length: approval.quorum }, (_, index) => ({
    type: 'approve' as const,
    id: `${gate.step}/${gate.epoch}/${index}`,
    by: { name: `someone of ${approval.by.join(' or ')} (${index + 1})`, groups: approval.by },
    step: gate.step,
    epoch: gate.epoch,
    digest,
  }));
}
