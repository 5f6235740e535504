import type { Act } from '../../../src/engine/plan/plan.js';
import type { Result, Running, Verb, Verbs } from '../../../src/engine/state/ports.js';
import type { EffectKey } from '../../../src/engine/state/values.js';
import type { Clock } from './clock.js';
import type { Adapters } from './effects-of-verbs.js';
import { nameOf, type Faults } from './faults.js';
import { SimulatedCall } from './running.js';
import type { Trace } from './trace.js';

/** How a call is made, and how the rollout stands when it is. */
interface Making {
  readonly within: number;
  readonly tries: number | undefined;
  readonly started: readonly string[];
  readonly held: boolean;
}

/** The calls of the interpreter to the world outside, each traced from its beginning to its end. */
export class Calls {
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #faults: Faults;
  readonly #adapters: Adapters;
  readonly #underWay = new Set<Running<unknown>>();

  constructor(clock: Clock, trace: Trace, faults: Faults, adapters: Adapters) {
    this.#clock = clock;
    this.#trace = trace;
    this.#faults = faults;
    this.#adapters = adapters;
  }

  /** Whether nothing is under way, as far as anybody hears. */
  get idle(): boolean {
    for (const call of this.#underWay) if (call.result) this.#underWay.delete(call);
    return this.#underWay.size === 0;
  }

  /** What is under way goes on, and nobody hears of it. */
  forget(): void {
    this.#underWay.clear();
  }

  make<V extends Verb>(
    verb: V,
    input: Verbs[V]['in'],
    { within, tries, started, held }: Making,
  ): Running<Verbs[V]['out']> {
    const clock = this.#clock;
    const trace = this.#trace;
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
      registered: act !== undefined && started.includes(act.id),
      held,
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
      this.#faults,
      nameOf(verb, step),
      (half) => this.#adapters.effect(verb, input, half),
      within,
      onEnd,
      () => trace.add({ type: 'cancel', at: clock.now, call }),
      tries,
    );
    this.#underWay.add(running);
    return running;
  }
}
