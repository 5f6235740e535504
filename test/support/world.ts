import { execute } from '../../src/engine/execute.js';
import type { Message } from '../../src/engine/state/messages.js';
import { actsOf, type Act, type Plan, type Target } from '../../src/engine/plan/plan.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Effects, Result, Running, Verb, Verbs } from '../../src/engine/state/ports.js';
import type { Exposed } from '../../src/engine/state/look.js';
import { initialState, type Outcome, type RolloutState } from '../../src/engine/state/state.js';
import { statusOf, type Status } from '../../src/engine/state/status.js';
import { why, type Why } from '../../src/engine/tell/why.js';
import { Clock } from './world/clock.js';
import { Adapters } from './world/effects-of-verbs.js';
import { Faults, nameOf, type Behaviours } from './world/faults.js';
import { lastResort, type Person } from './world/people.js';
import { SimulatedCall } from './world/running.js';
import { SimulatedHouse, type HouseScript } from './world/house.js';
import { Sentinel, type SentinelScript } from './world/sentinel.js';
import { Targets } from './world/targets.js';
import { Trace } from './world/trace.js';
import type { Capture, EffectKey } from '../../src/engine/state/values.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';

/** Everything outside the interpreter that a test decides. Times are offsets from the start in milliseconds. */
export interface Script {
  readonly flags?: { readonly [target: Target]: number };
  readonly sentinel?: Partial<SentinelScript>;
  readonly behaviours?: Behaviours;
  readonly people?: readonly Person[];
  readonly house?: HouseScript;
  /** What the rollout hears by itself at a time: cancellations, stale evidence. */
  readonly messages?: readonly { readonly at: number; readonly message: Message }[];
  /** What somebody does to flags who knows nothing of the rollout. */
  readonly strangers?: readonly { readonly at: number; readonly target: Target; readonly percent: number }[];
  /** Messages arrive together, once in so many milliseconds, as after a worker's absence. */
  readonly together?: number;
  /** Whether somebody comes in the end when only a person can help. */
  readonly rescued?: boolean;
  readonly restoreFences?: boolean;
  /** What restoring a flag finds changed by a stranger. */
  readonly drift?: string;
  /** Whether to go on in a new run at the `nth` moment (from 1) at which that is possible; never when absent. */
  readonly renews?: (nth: number) => boolean;
  /** Offset from the start in milliseconds: from then on the run takes no more before long, until another goes on. */
  readonly overflows?: number;
  /** It is reset, as its workflow can be, one after the other: instead of going on in a new run, or in the middle. */
  readonly resets?: readonly Resets[];
  /** The rollout is terminated, and another one takes it back. */
  readonly terminated?: Terminated;
}

/** A reset: what the history has lost is not in the state any more. */
export interface Resets {
  /** To which of the moments before, from 1, at which nothing was under way; to its beginning when there was none. */
  readonly to: number;
  /** How many of the newest events were not exported yet. */
  readonly unexported: number;
  /** Offset from the start in milliseconds; at the first wait from then on, also after its end. */
  readonly at?: number;
}

/** How a rollout stood when it was reset, and what it did first. */
export interface WasReset {
  /** How long the trace was. */
  readonly at: number;
  /** Whether an irreversible act had had an effect, and whether what was left of the history says so. */
  readonly gone: boolean;
  readonly knew: boolean;
  /** Whether it had begun to take everything back, as far as that was exported. */
  readonly unwinding: boolean;
  /** Whether it had ended, as far as that was exported. */
  readonly over: boolean;
  /** Whether somebody was still exposed when it applied an act for the first time. */
  appliedWhileExposed?: boolean;
}

/** How a rollout is terminated, and how the one begins that takes it back. */
export interface Terminated {
  /** Offset from the start in milliseconds; at the first wait from then on. */
  readonly at: number;
  /** The state of the rollout that takes it back, from what was exported and captured. */
  recall(
    plan: Plan,
    events: readonly JournalEvent[],
    captures: readonly Capture[],
  ): Promise<RolloutState | undefined>;
}

class Termination extends Error {}
class Reset extends Error {}

/** The rollout waits for a person, and nobody comes. */
export class Stranded extends Error {
  constructor(
    message: string,
    /** What it said it was waiting for. */
    readonly why: Why,
  ) {
    super(message);
  }
}
/** The interpreter runs without time passing. */
export class Livelock extends Error {}
/** The rollout goes on for ever without asking anybody. */
export class Endless extends Error {}

export interface World {
  readonly plan: Plan;
  readonly state: RolloutState;
  /** Every status it was seen in, in order, without repetitions. */
  readonly statuses: readonly Status[];
  /** How often it went on in a new run, and in which status it was each time. */
  readonly renewals: number;
  readonly renewedIn: readonly Status[];
  readonly trace: Trace;
  readonly sentinel: Sentinel;
  readonly start: number;
  /** The state of every target of the plan. */
  readonly before: string;
  after(): string;
  /** Whether an irreversible act has had an effect. */
  gone(): boolean;
  /** How it stood when it was reset. */
  readonly reset?: Readonly<WasReset>;
  /** What `why` failed to say, at every wait. */
  readonly silences: string[];
  readonly ended: Outcome | Stranded | Livelock | Endless;
  /** How long the trace was when it ended: what follows landed too late to be heard. */
  readonly endedAt: number;
}

const start = 1_000_000_000;
const horizon = 6 * 3_600_000;
const mostWaitsAtOnce = 2_000;

/** Carries a plan out in a simulated world, until it ends or waits for somebody who does not come. */
export async function run(plan: Plan, script: Script = {}): Promise<World> {
  const clock = new Clock(start);
  const trace = new Trace();
  const inbox: Message[] = [];
  const { together = 1 } = script;
  const arrive = (message: Message) =>
    clock.at(Math.ceil(clock.now / together) * together, () => {
      trace.add({ type: 'arrived', at: clock.now, message });
      inbox.push(message);
    });
  const sentinelScript = { turns: [], outages: [], delay: 50, ...script.sentinel };
  const lookAt = (exposed: readonly Exposed[]) => exposed.map((one) => targets.look(one, clock.now));
  const sentinel: Sentinel = new Sentinel(clock, sentinelScript, () => targets.exposed, arrive, lookAt);
  const targets = new Targets(script.flags ?? {}, () => sentinel.touch());
  let lastExported = 0;
  const exported = () =>
    trace
      .of('event')
      .slice(0, lastExported)
      .map(({ event }) => event);
  const adapters = new Adapters(
    clock,
    targets,
    sentinel,
    trace,
    script.restoreFences ?? true,
    script.drift,
    plan,
    exported,
    new SimulatedHouse(script.house ?? {}, start),
  );
  const faults = new Faults(script.behaviours ?? {});
  const fresh = () =>
    initialState(plan, {
      rollout: 'rollout/test/sample/1',
      environment: 'test',
      digest: planDigest(plan),
      startedBy: 'tess',
    });
  let state = fresh();
  const acts = actsOf(plan);
  const all = () =>
    JSON.stringify([...new Set(acts.map(({ target }) => target))].sort().map((t) => targets.read(t)));
  const before = all();
  const gone = () => acts.some((act) => act.undo.type === 'irreversible' && targets.has(act));
  const silences: string[] = [];
  const people = new People(clock, script.people ?? [], () => state, arrive);
  const statuses: Status[] = [];
  const look = () => {
    const status = statusOf(state);
    if (statuses.at(-1) !== status) statuses.push(status);
  };
  const underWay = new Set<Running<unknown>>();
  const isQuiet = () => {
    for (const call of underWay) if (call.result) underWay.delete(call);
    return inbox.length === 0 && underWay.size === 0;
  };
  const overflows = () => clock.now - start >= (script.overflows ?? Infinity) && renewedIn.length === 0;
  let moments = 0;
  const snapshots: string[] = [];
  const toReset = [...(script.resets ?? [])];
  let reset: WasReset | undefined;
  const renewedIn: Status[] = [];
  for (const { at, message } of script.messages ?? []) clock.at(start + at, () => arrive(message));

  for (const { at, target, percent } of script.strangers ?? [])
    clock.at(start + at, () => targets.byStranger(target, percent));

  let waits = 0;
  let waitedAt = start;
  let rescues = 0;
  const effects: Effects = {
    now: () => clock.now,
    async wait(until, running, resting = false) {
      const noisy = !isQuiet();
      waits = clock.now === waitedAt ? waits + 1 : 0;
      waitedAt = clock.now;
      if (waits > mostWaitsAtOnce) throw new Livelock(`at ${clock.now - start}: ${statusOf(state)}`);
      if (!state.reverts && !state.outcome && clock.now - start >= (script.terminated?.at ?? Infinity))
        throw new Termination();
      if (clock.now - start >= (toReset[0]?.at ?? Infinity)) throw new Reset();
      if (clock.now - start > horizon) throw new Endless(`${statusOf(state)} at step ${state.cursor}`);
      silences.push(...silencesOf(plan, state));
      look();
      while (inbox.length === 0 && running?.result === undefined) {
        if (resting && noisy && (script.renews ?? script.overflows) !== undefined && isQuiet()) return;
        if (!waitsTooLong(state, clock.now) && clock.step(until)) continue;
        if (!waitsTooLong(state, clock.now) && until !== undefined) return clock.jumpTo(until);
        const help = script.rescued === false ? undefined : lastResort(state, (rescues += 1));
        if (!help) throw new Stranded(`${statusOf(state)} at step ${state.cursor}`, why(plan, state));
        arrive(help);
        clock.step();
      }
    },
    next() {
      const message = inbox.shift();
      if (!message) return undefined;
      const { exposure, exposedFrom, unwinding, halting, outcome } = state;
      trace.add({
        type: 'taken',
        at: clock.now,
        message,
        exposure,
        ...(exposedFrom !== undefined && { exposedFrom }),
        stopped: (unwinding ?? halting ?? outcome) !== undefined,
      });
      return message;
    },
    overflows,
    renews() {
      if (overflows() && isQuiet()) return true;
      if (script.renews === undefined || !isQuiet()) return false;
      moments += 1;
      snapshots[moments] = JSON.stringify(state);
      return script.renews(moments);
    },
    record(event) {
      look();
      trace.add({ type: 'event', at: clock.now, event });
      people.hear(event.type);
    },
    perform<V extends Verb>(
      verb: V,
      input: Verbs[V]['in'],
      within: number,
      tries?: number,
    ): Running<Verbs[V]['out']> {
      if (reset && verb === 'apply') reset.appliedWhileExposed ??= targets.exposed > 0;
      const { act, key, acts: verified } = input as { act?: Act; key?: EffectKey; acts?: Act[] };
      const step = act?.id ?? (verified ? key?.step : undefined);
      const target = act?.target ?? verified?.[0]?.target;
      const about = { verb, ...(step !== undefined && { step }), ...(target !== undefined && { target }) };
      const call = trace.entries.length;
      trace.add({
        type: 'call',
        at: clock.now,
        call,
        ...about,
        ...(key && { epoch: key.epoch }),
        input,
        registered: act !== undefined && state.started.includes(act.id),
        held: state.hold !== undefined,
      });
      const onEnd = (result: Result<Verbs[V]['out']>) =>
        trace.add({
          type: 'end',
          at: clock.now,
          call,
          ...about,
          ok: result.ok,
          ...(result.ok && { value: result.value }),
        });
      const running = new SimulatedCall(
        clock,
        faults,
        nameOf(verb, step),
        (half) => adapters.effect(verb, input, half),
        within,
        onEnd,
        () => trace.add({ type: 'cancel', at: clock.now, call }),
        tries,
      );
      underWay.add(running);
      return running;
    },
  };

  /** What was under way when the rollout was terminated goes on, and may land later. */
  const takenBack = async (error: unknown) => {
    if (!(error instanceof Termination)) throw error;
    const recalled = await script.terminated?.recall(plan, state.journal, adapters.captures);
    if (!recalled) return { type: 'refused', reason: 'it could not be recalled' } as const;
    state = recalled;
    inbox.length = 0;
    return execute(plan, state, effects);
  };
  /** What was under way goes on without being heard, and may land later. */
  const beReset = ({ to, unexported }: Resets) => {
    lastExported = Math.max(lastExported, trace.of('event').length - unexported);
    const snapshot = snapshots[Math.min(to, snapshots.length - 1)];
    state = snapshot === undefined ? fresh() : (JSON.parse(snapshot) as RolloutState);
    const has = (type: string) => exported().some((event) => event.type === type);
    reset = {
      at: trace.entries.length,
      gone: gone(),
      knew: state.noReturn !== undefined,
      unwinding: has('unwinding'),
      over: has('ended'),
    };
    underWay.clear();
    inbox.unshift({ type: 'reset' });
  };
  const carryOut = async () => {
    for (;;) {
      const outcome = await execute(plan, state, effects)
        .catch((error: unknown) => {
          if (!(error instanceof Reset)) throw error;
          return 'reset' as const;
        })
        .catch(takenBack);
      const next =
        outcome === 'renewal' || outcome === 'reset' || toReset[0]?.at ? toReset.shift() : undefined;
      if (next) beReset(next);
      else if (outcome === 'renewal') {
        renewedIn.push(statusOf(state));
        // As it travels to the next run: what is not in it is lost.
        state = JSON.parse(JSON.stringify(state)) as RolloutState;
      } else if (outcome !== 'reset') return outcome;
    }
  };
  const ended = await carryOut().catch((error: unknown) => {
    if (error instanceof Stranded || error instanceof Livelock || error instanceof Endless) return error;
    throw error;
  });
  look();
  const endedAt = trace.entries.length;
  // Whatever was still under way lands now: a rollback that is undone by it was none.
  for (let count = 0; count < 1_000 && clock.step(clock.now + 3_600_000); count += 1);
  return {
    plan,
    state,
    statuses,
    renewals: renewedIn.length,
    renewedIn,
    trace,
    sentinel,
    start,
    before,
    after: all,
    gone,
    ...(reset && { reset }),
    silences,
    ended,
    endedAt,
  };
}

/** It asked long ago and nobody came, though it may go on looking meanwhile. */
function waitsTooLong({ hold, stuck }: RolloutState, now: number): boolean {
  if (stuck?.retried && !stuck.resolution) return now - stuck.since > 600_000;
  return hold?.asked === true && now - hold.askAt > 600_000;
}

/** The people of a script, listening to the journal. */
class People {
  readonly #heard = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly people: readonly Person[],
    private readonly state: () => RolloutState,
    private readonly arrive: (message: Message) => void,
  ) {
    for (const person of people) if (!person.on) this.#plan(person);
  }

  hear(type: string): void {
    const count = (this.#heard.get(type) ?? 0) + 1;
    this.#heard.set(type, count);
    for (const person of this.people) {
      if (person.on === type && (person.nth ?? count) === count) this.#plan(person);
    }
  }

  #plan(person: Person): void {
    if (person.looks === 'then') {
      // Just after the record: the state is complete then.
      this.clock.after(0, () => {
        const message = person.write(this.state());
        if (message) this.clock.after(person.after, () => this.arrive(message));
      });
      return;
    }
    this.clock.after(person.after, () => {
      const message = person.write(this.state());
      if (message) this.arrive(message);
    });
  }
}

function silencesOf(plan: Plan, state: RolloutState): string[] {
  const answer = why(plan, state);
  const where = `${statusOf(state)}, step ${state.cursor}`;
  const faults: string[] = [];
  if (state.outcome) return faults;
  if (!answer.waitingFor) faults.push(`${where}: waits for nothing`);
  if (!answer.clears) faults.push(`${where}: nothing clears it`);
  if (!answer.next) faults.push(`${where}: nothing is next`);
  const needsPeople = state.stuck ?? state.gate ?? state.hold?.asked;
  if (needsPeople && !state.unwinding && answer.who.length === 0) faults.push(`${where}: nobody may act`);
  if (state.noReturn && /roll(s|ed)?[ -]back/.test(answer.next)) {
    faults.push(`${where}: promises to roll back past the point of no return: ${answer.next}`);
  }
  return faults;
}
