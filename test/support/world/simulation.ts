import { execute } from '../../../src/engine/execute.js';
import type { Message } from '../../../src/engine/state/messages.js';
import { actsOf, type Act, type Plan } from '../../../src/engine/plan/plan.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Effects, Running, Verb, Verbs } from '../../../src/engine/state/ports.js';
import { initialState, type Outcome, type RolloutState } from '../../../src/engine/state/state.js';
import { statusOf, type Status } from '../../../src/engine/state/status.js';
import { why } from '../../../src/engine/tell/why.js';
import { Calls } from './calls.js';
import { Clock } from './clock.js';
import { Crowd } from './crowd.js';
import { Adapters } from './effects-of-verbs.js';
import { Endless, Livelock, Reset, Stranded, Termination } from './ends.js';
import { Faults } from './faults.js';
import { SimulatedHouse } from './house.js';
import { lastResort } from './people.js';
import type { Resets, Script, WasReset } from './script.js';
import type { World } from './seen.js';
import { Sentinel } from './sentinel.js';
import { silencesOf } from './silences.js';
import { Targets } from './targets.js';
import { Trace } from './trace.js';

const start = 1_000_000_000;
const horizon = 6 * 3_600_000;
const mostWaitsAtOnce = 2_000;

/** One rollout, its world, and what a script does to both. */
export class Simulation {
  readonly #plan: Plan;
  readonly #script: Script;
  readonly #acts: readonly Act[];
  readonly #clock = new Clock(start);
  readonly #trace = new Trace();
  readonly #inbox: Message[] = [];
  readonly #sentinel: Sentinel;
  readonly #targets: Targets;
  readonly #adapters: Adapters;
  readonly #calls: Calls;
  readonly #crowd: Crowd;
  readonly #silences: string[] = [];
  readonly #statuses: Status[] = [];
  readonly #renewedIn: Status[] = [];
  /** The state at each moment, from 1, at which it could have gone on in a new run. */
  readonly #snapshots: string[] = [];
  readonly #toReset: Resets[];
  readonly #effects: Effects = {
    now: () => this.#clock.now,
    wait: (until, running, resting) => this.#wait(until, running, resting),
    next: () => this.#next(),
    overflows: () => this.#overflows(),
    renews: () => this.#renews(),
    record: (event) => this.#record(event),
    perform: (verb, input, within, tries) => this.#perform(verb, input, within, tries),
  };
  #state: RolloutState;
  #reset: WasReset | undefined;
  #exportedUntil = 0;
  #waits = 0;
  #waitedAt = start;
  #rescues = 0;
  #moments = 0;

  constructor(plan: Plan, script: Script) {
    this.#plan = plan;
    this.#script = script;
    this.#acts = actsOf(plan);
    this.#toReset = [...(script.resets ?? [])];
    this.#state = this.#fresh();
    this.#targets = new Targets(script.flags ?? {}, () => this.#sentinel.touch());
    this.#sentinel = new Sentinel(
      this.#clock,
      { turns: [], outages: [], delay: 50, ...script.sentinel },
      () => this.#targets.exposed,
      (message) => this.#arrive(message),
      (exposed) => exposed.map((one) => this.#targets.look(one, this.#clock.now)),
    );
    this.#adapters = new Adapters(
      this.#clock,
      this.#targets,
      this.#sentinel,
      this.#trace,
      script.restoreFences ?? true,
      script.drift,
      plan,
      () => this.#exported(),
      new SimulatedHouse(script.house ?? {}, start),
    );
    const faults = new Faults(script.behaviours ?? {});
    this.#calls = new Calls(this.#clock, this.#trace, faults, this.#adapters);
    this.#crowd = new Crowd(
      this.#clock,
      script.people ?? [],
      () => this.#state,
      (message) => this.#arrive(message),
    );
    for (const { at, message } of script.messages ?? [])
      this.#clock.at(start + at, () => this.#arrive(message));
    for (const { at, target, percent } of script.strangers ?? [])
      this.#clock.at(start + at, () => this.#targets.byStranger(target, percent));
  }

  /** Carries the plan out until it ends, or waits for somebody who does not come. */
  async run(): Promise<World> {
    const before = this.#everything();
    const ended = await this.#carryOut().catch((error: unknown) => {
      if (error instanceof Stranded || error instanceof Livelock || error instanceof Endless) return error;
      throw error;
    });
    this.#look();
    const endedAt = this.#trace.entries.length;
    // Whatever was still under way lands now: a rollback that is undone by it was none.
    for (let count = 0; count < 1_000 && this.#clock.step(this.#clock.now + 3_600_000); count += 1);
    return {
      plan: this.#plan,
      state: this.#state,
      statuses: this.#statuses,
      renewals: this.#renewedIn.length,
      renewedIn: this.#renewedIn,
      trace: this.#trace,
      sentinel: this.#sentinel,
      start,
      before,
      after: () => this.#everything(),
      gone: () => this.#gone(),
      ...(this.#reset && { reset: this.#reset }),
      silences: this.#silences,
      ended,
      endedAt,
    };
  }

  async #carryOut(): Promise<Outcome> {
    for (;;) {
      const outcome = await execute(this.#plan, this.#state, this.#effects)
        .catch((error: unknown) => {
          if (!(error instanceof Reset)) throw error;
          return 'reset' as const;
        })
        .catch((error: unknown) => this.#takeBack(error));
      const isDue = outcome === 'renewal' || outcome === 'reset' || this.#toReset[0]?.at;
      const next = isDue ? this.#toReset.shift() : undefined;
      if (next) this.#beReset(next);
      else if (outcome === 'renewal') {
        this.#renewedIn.push(statusOf(this.#state));
        // As it travels to the next run: what is not in it is lost.
        this.#state = JSON.parse(JSON.stringify(this.#state)) as RolloutState;
      } else if (outcome !== 'reset') return outcome;
    }
  }

  /** What was under way when the rollout was terminated goes on, and may land later. */
  async #takeBack(error: unknown) {
    if (!(error instanceof Termination)) throw error;
    const { terminated } = this.#script;
    const recalled = await terminated?.recall(this.#plan, this.#state.journal, this.#adapters.captures);
    if (!recalled) return { type: 'refused', reason: 'it could not be recalled' } as const;
    this.#state = recalled;
    this.#inbox.length = 0;
    return execute(this.#plan, this.#state, this.#effects);
  }

  /** What was under way goes on without being heard, and may land later. */
  #beReset({ to, unexported }: Resets): void {
    this.#exportedUntil = Math.max(this.#exportedUntil, this.#trace.of('event').length - unexported);
    const snapshot = this.#snapshots[Math.min(to, this.#snapshots.length - 1)];
    this.#state = snapshot === undefined ? this.#fresh() : (JSON.parse(snapshot) as RolloutState);
    const has = (type: string) => this.#exported().some((event) => event.type === type);
    this.#reset = {
      at: this.#trace.entries.length,
      gone: this.#gone(),
      knew: this.#state.noReturn !== undefined,
      unwinding: has('unwinding'),
      over: has('ended'),
    };
    this.#calls.forget();
    this.#inbox.unshift({ type: 'reset' });
  }

  async #wait(until?: number, running?: Running<unknown>, resting = false): Promise<void> {
    const noisy = !this.#isQuiet();
    this.#beInterrupted();
    this.#silences.push(...silencesOf(this.#plan, this.#state));
    this.#look();
    const mayRest = (this.#script.renews ?? this.#script.overflows) !== undefined;
    while (this.#inbox.length === 0 && running?.result === undefined) {
      if (resting && noisy && mayRest && this.#isQuiet()) return;
      if (!this.#waitsTooLong() && this.#clock.step(until)) continue;
      if (!this.#waitsTooLong() && until !== undefined) return this.#clock.jumpTo(until);
      const { rescued } = this.#script;
      const help = rescued === false ? undefined : lastResort(this.#state, (this.#rescues += 1));
      if (!help) throw this.#stranded();
      this.#arrive(help);
      this.#clock.step();
    }
  }

  /** What the script, or a rollout that never ends, makes of a wait. */
  #beInterrupted(): void {
    const { now } = this.#clock;
    const since = now - start;
    this.#waits = now === this.#waitedAt ? this.#waits + 1 : 0;
    this.#waitedAt = now;
    if (this.#waits > mostWaitsAtOnce) throw new Livelock(`at ${since}: ${statusOf(this.#state)}`);
    const { reverts, outcome, cursor } = this.#state;
    if (!reverts && !outcome && since >= (this.#script.terminated?.at ?? Infinity)) throw new Termination();
    if (since >= (this.#toReset[0]?.at ?? Infinity)) throw new Reset();
    if (since > (this.#script.horizon ?? horizon))
      throw new Endless(`${statusOf(this.#state)} at step ${cursor}`);
  }

  #stranded(): Stranded {
    const { cursor } = this.#state;
    return new Stranded(`${statusOf(this.#state)} at step ${cursor}`, why(this.#plan, this.#state));
  }

  /** It asked long ago and nobody came, though it may go on looking meanwhile. */
  #waitsTooLong(): boolean {
    const { hold, stuck } = this.#state;
    const { now } = this.#clock;
    if (stuck?.retried && !stuck.resolution) return now - stuck.since > 600_000;
    return hold?.asked === true && now - hold.askAt > 600_000;
  }

  #next(): Message | undefined {
    const message = this.#inbox.shift();
    if (!message) return undefined;
    const { exposure, exposedFrom, unwinding, halting, outcome } = this.#state;
    this.#trace.add({
      type: 'taken',
      at: this.#clock.now,
      message,
      exposure,
      ...(exposedFrom !== undefined && { exposedFrom }),
      stopped: (unwinding ?? halting ?? outcome) !== undefined,
    });
    return message;
  }

  #overflows(): boolean {
    const since = this.#clock.now - start;
    return since >= (this.#script.overflows ?? Infinity) && this.#renewedIn.length === 0;
  }

  #renews(): boolean {
    if (this.#overflows() && this.#isQuiet()) return true;
    if (this.#script.renews === undefined || !this.#isQuiet()) return false;
    this.#moments += 1;
    this.#snapshots[this.#moments] = JSON.stringify(this.#state);
    return this.#script.renews(this.#moments);
  }

  #record(event: JournalEvent): void {
    this.#look();
    this.#trace.add({ type: 'event', at: this.#clock.now, event });
    this.#crowd.hear(event.type);
  }

  #perform<V extends Verb>(verb: V, input: Verbs[V]['in'], within: number, tries?: number) {
    if (this.#reset && verb === 'apply') this.#reset.appliedWhileExposed ??= this.#targets.exposed > 0;
    const { started, hold } = this.#state;
    return this.#calls.make(verb, input, { within, tries, started, held: hold !== undefined });
  }

  #arrive(message: Message): void {
    const { together = 1 } = this.#script;
    this.#clock.at(Math.ceil(this.#clock.now / together) * together, () => {
      this.#trace.add({ type: 'arrived', at: this.#clock.now, message });
      this.#inbox.push(message);
    });
  }

  #isQuiet(): boolean {
    return this.#inbox.length === 0 && this.#calls.idle;
  }

  #look(): void {
    const status = statusOf(this.#state);
    if (this.#statuses.at(-1) !== status) this.#statuses.push(status);
  }

  #fresh(): RolloutState {
    return initialState(this.#plan, {
      rollout: 'rollout/test/sample/1',
      environment: 'test',
      digest: planDigest(this.#plan),
      startedBy: 'tess',
    });
  }

  #exported(): JournalEvent[] {
    const events = this.#trace.of('event').slice(0, this.#exportedUntil);
    return events.map(({ event }) => event);
  }

  /** The state of every target of the plan. */
  #everything(): string {
    const targets = [...new Set(this.#acts.map(({ target }) => target))].sort();
    return JSON.stringify(targets.map((target) => this.#targets.read(target)));
  }

  /** Whether an irreversible act has had an effect. */
  #gone(): boolean {
    return this.#acts.some((act) => act.undo.type === 'irreversible' && this.#targets.has(act));
  }
}
