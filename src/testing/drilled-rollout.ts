import type { FailurePoint } from '../drill/points.js';
import type { JournalEvent } from '../engine/state/journal.js';
import type { Decision, Message, Principal } from '../engine/state/messages.js';
import type { Plan, Verdict } from '../engine/plan/plan.js';
import type { Effects, Result, Running, Verb, Verbs } from '../engine/state/ports.js';
import { approvalOf, operatorGroups } from '../engine/state/rights.js';
import type { RolloutState } from '../engine/state/state.js';
import type { GuardReading, Subscription } from '../engine/state/values.js';
import type { OtherVerb, Targets } from './targets.js';

/** More waits than this say that nothing moves any more. */
const mostWaits = 10_000;

type Awaitable<T> = T | Promise<T>;

/**
 * One rollout that fails at one point, without a server of Temporal's: the engine is the same, and the targets are what
 * they are, in memory or real. Time jumps while nothing works, people agree, and guards pass, until the point is reached.
 */
export class DrilledRollout implements Effects {
  #now: number;
  #waits = 0;
  #blind = false;
  readonly #inbox: Message[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #plan: Plan;
  readonly #state: RolloutState;
  readonly #targets: Targets;
  /** It goes to its end when absent. */
  readonly #point: FailurePoint | undefined;

  /**
   * @param startsAt what its clock shows at first, in milliseconds since the epoch
   * @param point where it fails; it goes to its end when absent
   */
  constructor(plan: Plan, state: RolloutState, targets: Targets, startsAt: number, point?: FailurePoint) {
    this.#plan = plan;
    this.#state = state;
    this.#targets = targets;
    this.#now = startsAt;
    this.#point = point;
  }

  now(): number {
    return this.#now;
  }

  renews(): boolean {
    return false;
  }

  overflows(): boolean {
    return false;
  }

  next(): Message | undefined {
    return this.#inbox.shift();
  }

  async wait(until: number | undefined, running?: Running<unknown>): Promise<void> {
    if (this.#inbox.length > 0 || running?.result) return;
    this.#waits += 1;
    if (this.#waits > mostWaits) throw new Error('it waits and waits, and nothing changes');
    // Time stands still while something works: what it takes depends on the machine, and must decide nothing.
    if (this.#underWay.size > 0) return void (await Promise.race(this.#underWay));
    const answer = this.#answer();
    if (answer) this.#inbox.push(answer);
    else if (until === undefined) throw new Error('it waits for something that nobody will bring');
    else this.#now = Math.max(this.#now, until);
  }

  record({ type, step }: JournalEvent): void {
    if (type === 'gate-opened') this.#atGate(step);
    if (type === 'watch-started' && step === this.#point?.step) this.#inWatch();
  }

  perform<V extends Verb>(verb: V, input: Verbs[V]['in']): Running<Verbs[V]['out']> {
    const running: { result: Result<Verbs[V]['out']> | undefined; cancel(): void } = {
      result: undefined,
      // What works is let go on to its end: a drill fails at its points, and nowhere in between.
      cancel: () => undefined,
    };
    const ended = this.#resultOf(verb, input).then((result) => {
      running.result = result;
      this.#underWay.delete(ended);
    });
    this.#underWay.add(ended);
    return running;
  }

  async #resultOf<V extends Verb>(verb: V, input: Verbs[V]['in']): Promise<Result<Verbs[V]['out']>> {
    try {
      return { ok: true, value: await this.#perform(verb, input) };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error), cancelled: false };
    }
  }

  #perform<V extends Verb>(verb: V, input: Verbs[V]['in']): Awaitable<Verbs[V]['out']> {
    const verbs: { readonly [W in Verb]: (input: Verbs[W]['in']) => Awaitable<Verbs[W]['out']> } = {
      ...this.#targets,
      ...this.#others,
      apply: (input) => this.#apply(input),
    };
    return verbs[verb](input);
  }

  readonly #others: { readonly [V in OtherVerb]: (input: Verbs[V]['in']) => Verbs[V]['out'] } = {
    subscribe: (subscription) => this.#subscribe(subscription),
    unsubscribe: () => null,
    judge: ({ subscription, from, to }) => ({
      verdict: 'pass',
      reason: 'in a drill',
      failed: [],
      covered: to - from,
      recorded: {},
      last: this.#readings(subscription, 'pass'),
    }),
    notify: () => null,
    able: ({ gates }) => Object.fromEntries(gates.map(({ step, quorum }) => [step, drillers(quorum)])),
    window: () => ({ open: true }),
    recollect: () => ({ started: [], epochs: {}, captures: [] }),
    acquire: () => ({ status: 'granted' }),
    release: () => null,
  };

  async #apply(input: Verbs['apply']['in']): Promise<Verbs['apply']['out']> {
    const failure = input.act.id === this.#point?.step ? this.#point.failure : undefined;
    if (failure === 'before-effect') throw new Error('the drill fails it before its effect');
    const found = await this.#targets.apply(input);
    if (failure === 'after-effect') throw new Error('the drill fails it after its effect');
    if (failure !== 'crash') return found;
    // The next worker tries it again, under the same key, and somebody has seen enough.
    await this.#targets.crash?.();
    const again = await this.#targets.apply(input);
    this.#inbox.push(this.#by('abort'));
    return again;
  }

  #subscribe(subscription: Subscription): null {
    if (!this.#blind) this.#inbox.push(this.#evidence(subscription, 'pass'));
    return null;
  }

  #inWatch(): void {
    const { subscription } = this.#state;
    const reason = 'the drill takes the watcher away';
    if (this.#point?.failure === 'blind') {
      this.#blind = true;
      this.#inbox.push(subscription ? { type: 'blind', reason } : this.#by('abort'));
    }
    if (this.#point?.failure === 'breach')
      this.#inbox.push(subscription ? this.#evidence(subscription, 'fail') : this.#by('abort'));
  }

  #atGate(step: string | undefined): void {
    const { gate, digest } = this.#state;
    const approval = step === undefined ? undefined : approvalOf(this.#plan, step);
    if (!gate || !approval) return;
    const failure = step === this.#point?.step ? this.#point?.failure : undefined;
    if (failure === 'expire') return;
    const type = failure === 'reject' ? 'reject' : 'approve';
    for (let index = 0; index < (type === 'reject' ? 1 : approval.quorum); index += 1) {
      const by = { name: drillers(approval.quorum)[index] ?? 'drill', groups: approval.by };
      const id = `${gate.step}/${gate.epoch}/${index}`;
      this.#inbox.push({ type, id, by, step: gate.step, epoch: gate.epoch, digest });
    }
  }

  /** A drill answers what people are asked: with going back, and where there is no back, with halting. */
  #answer(): Decision | undefined {
    const { stuck, hold, noReturn, unwinding, halting } = this.#state;
    if (stuck) return noReturn || unwinding || halting ? this.#by('halt') : this.#by('abort');
    return hold?.asked ? this.#by('roll-back') : undefined;
  }

  #by(answer: 'abort' | 'halt' | 'roll-back'): Decision {
    const by: Principal = { name: 'drill', groups: operatorGroups(this.#plan) };
    const base = { id: `${answer}/${this.#waits}`, by, reason: 'the drill' };
    if (answer === 'abort') return { ...base, type: 'abort' };
    if (answer === 'halt') return { ...base, type: 'resolve', choice: 'halt' };
    return { ...base, type: 'answer', choice: 'roll-back' };
  }

  #evidence(subscription: Subscription, verdict: Verdict): Message {
    const { number, exposed = [] } = subscription;
    const at = this.#now;
    const looks = exposed.map(({ target }) => ({
      target,
      verdict: 'as-left' as const,
      at,
      reason: 'in a drill',
    }));
    return { type: 'evidence', subscription: number, readings: this.#readings(subscription, verdict), looks };
  }

  #readings({ guards }: Subscription, verdict: Verdict): GuardReading[] {
    return guards.map(({ name }) => ({ guard: name, verdict, at: this.#now, reason: 'in a drill' }));
  }
}

/** Whoever answers a gate in a drill. */
function drillers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `drill-${index + 1}`);
}
