import { pastOf } from '../../../activities/records/past.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Act, Plan, Target } from '../../../src/engine/plan/plan.js';
import type { Verb, Verbs } from '../../../src/engine/state/ports.js';
import type { Clock } from './clock.js';
import type { Sentinel } from './sentinel.js';
import type { SimulatedHouse } from './house.js';
import { isFlag, type Targets } from './targets.js';
import type { Trace } from './trace.js';
import type { Capture, EffectKey, Subscription } from '../../../src/engine/state/values.js';

/** An action that only reads. */
export const looking = { kind: 'sim.look', input: {} } as const;

/** The adapters' side of every verb: idempotent by key, with tombstones that a late `apply` obeys. */
export class Adapters {
  readonly #applied = new Set<string>();
  readonly #started = new Set<string>();
  readonly #tombstones = new Set<string>();
  readonly #captures = new Map<Target, Capture>();

  readonly #clock: Clock;
  readonly #targets: Targets;
  readonly #sentinel: Sentinel;
  readonly #trace: Trace;
  readonly #restoreFences: boolean;
  /** What restoring a flag finds changed by a stranger. */
  readonly #drift: string | undefined;
  readonly #plan: Plan;
  /** What has been exported of the journal. */
  readonly #exported: () => readonly JournalEvent[];
  readonly #house: SimulatedHouse;

  constructor(
    clock: Clock,
    targets: Targets,
    sentinel: Sentinel,
    trace: Trace,
    /** Whether restoring keeps a late `apply` from landing, as undoing does. */
    restoreFences: boolean,
    drift: string | undefined,
    plan: Plan,
    exported: () => readonly JournalEvent[],
    house: SimulatedHouse,
  ) {
    this.#clock = clock;
    this.#targets = targets;
    this.#sentinel = sentinel;
    this.#trace = trace;
    this.#restoreFences = restoreFences;
    this.#drift = drift;
    this.#plan = plan;
    this.#exported = exported;
    this.#house = house;
  }

  /** Everything that was captured. */
  get captures(): readonly Capture[] {
    return [...this.#captures.values()];
  }

  /** Lets the verb have its effect now, or half of it; answers what the verb answers. */
  effect<V extends Verb>(verb: V, input: Verbs[V]['in'], half: boolean): Verbs[V]['out'] {
    return (this[verb] as (input: Verbs[V]['in'], half: boolean) => Verbs[V]['out'])(input, half);
  }

  check(): Verbs['check']['out'] {
    return { evidence: {}, ...(this.#house.facts && { house: this.#house.facts }) };
  }

  capture({ act }: Verbs['capture']['in']): Capture {
    const kept = this.#captures.get(act.target);
    if (kept) return kept;
    const capture = { target: act.target, at: this.#clock.now, state: this.#targets.read(act.target) };
    this.#captures.set(act.target, capture);
    return capture;
  }

  apply({ act, key }: Verbs['apply']['in'], half: boolean): Verbs['apply']['out'] {
    if (act.do.kind === looking.kind) return { looked: true };
    const name = textOf(key);
    if (this.#tombstones.has(name)) throw new Error(`${name} is fenced`);
    if (this.#applied.has(name)) return { again: true };
    this.#started.add(name);
    if (!half) this.#applied.add(name);
    this.#change('apply', act, () => this.#targets.apply(act, half));
    return { done: true };
  }

  undo({ act, key }: Verbs['undo']['in'], half: boolean): Verbs['undo']['out'] {
    this.#tombstones.add(textOf(key));
    if (!half) this.#change('undo', act, () => this.#targets.remove(act));
    return {};
  }

  restore({ act, capture, key }: Verbs['restore']['in'], half: boolean): Verbs['restore']['out'] {
    if (this.#restoreFences) this.#tombstones.add(textOf(key));
    if (!half) this.#change('restore', act, () => this.#targets.restore(act.target, capture.state));
    return { evidence: {}, ...(this.#drift !== undefined && isFlag(act.target) && { drift: this.#drift }) };
  }

  observe(): Verbs['observe']['out'] {
    return { asked: true, evidence: {} };
  }

  fence({ key }: Verbs['fence']['in']): Verbs['fence']['out'] {
    this.#tombstones.add(textOf(key));
    return { effect: this.#started.has(textOf(key)) ? 'some' : 'none' };
  }

  verify({ capture }: Verbs['verify']['in']): Verbs['verify']['out'] {
    const now = this.#targets.read(capture.target);
    const verified = JSON.stringify(now) === JSON.stringify(capture.state);
    const reason = verified ? 'as it was' : `it is ${JSON.stringify(now)}`;
    const stranger = !verified && isFlag(capture.target) && this.#targets.isStrangers(capture.target);
    const drift = { reason: 'somebody else wrote it', percent: this.#targets.percentOf(capture.target) };
    return { verified, reason, evidence: {}, ...(stranger && { drift }) };
  }

  subscribe(subscription: Subscription): null {
    this.#sentinel.subscribe(subscription);
    return null;
  }

  unsubscribe(): null {
    this.#sentinel.unsubscribe();
    return null;
  }

  judge({ subscription, from, to }: Verbs['judge']['in']): Verbs['judge']['out'] {
    return this.#sentinel.judge(subscription, from, to);
  }

  notify(): null {
    return null;
  }

  able({ gates }: Verbs['able']['in']): Verbs['able']['out'] {
    return Object.fromEntries(gates.map(({ step }) => [step, this.#house.able(this.#clock.now)]));
  }

  window({ at, promotes }: Verbs['window']['in']): Verbs['window']['out'] {
    return this.#house.window(at, promotes !== undefined);
  }

  recollect(): Verbs['recollect']['out'] {
    return pastOf(this.#plan, this.#exported(), this.captures);
  }

  resolve(): Verbs['resolve']['out'] {
    return {};
  }

  acquire(): Verbs['acquire']['out'] {
    return { status: 'granted' };
  }

  release(): null {
    return null;
  }

  #change(verb: Verb, act: Act, change: () => void): void {
    const was = JSON.stringify(this.#targets.read(act.target));
    change();
    if (JSON.stringify(this.#targets.read(act.target)) === was) return;
    const irreversible = act.undo.type === 'irreversible';
    this.#trace.add({
      type: 'change',
      at: this.#clock.now,
      verb,
      step: act.id,
      target: act.target,
      irreversible,
    });
  }
}

function textOf({ rollout, step, epoch }: EffectKey): string {
  return `${rollout}/${step}/${epoch}`;
}
