import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal } from '../../src/engine/base/errors.js';
import { execute } from '../../src/engine/execute.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Message } from '../../src/engine/state/messages.js';
import type { Effects, Verb, Verbs } from '../../src/engine/state/ports.js';
import { initialState, type Outcome, type RolloutState } from '../../src/engine/state/state.js';
import type { Result, Running } from '../../src/engine/state/ports.js';

/** What the verbs of a live rollout do; those that are left out have nothing to do. */
export type LiveVerbs = {
  readonly [V in Verb]?: (input: Verbs[V]['in'], signal: AbortSignal) => Promise<Verbs[V]['out']>;
};

/** Milliseconds between two attempts. */
const backoff = 20;

const idle: LiveVerbs = {
  subscribe: () => Promise.resolve(null),
  unsubscribe: () => Promise.resolve(null),
  notify: () => Promise.resolve(null),
  resolve: () => Promise.resolve({}),
  acquire: () => Promise.resolve({ status: 'granted' }),
  release: () => Promise.resolve(null),
};

/**
 * Carries a plan out by the real clock, without Temporal: the interpreter's own order over verbs that touch the world.
 *
 * @param hear is told of each event, and may answer with what people send then
 */
export async function carryOutLive(
  plan: Plan,
  verbs: LiveVerbs,
  hear: (event: JournalEvent, state: RolloutState) => Message | undefined,
): Promise<{ readonly outcome: Outcome; readonly state: RolloutState }> {
  const state = initialState(plan, {
    rollout: 'r1',
    environment: 'test',
    digest: planDigest(plan),
    startedBy: 'tess',
  });
  const inbox: Message[] = [];
  let wake = (): void => undefined;
  const effects: Effects = {
    now: () => Date.now(),
    renews: () => false,
    overflows: () => false,
    next: () => inbox.shift(),
    async wait(until, running) {
      while (inbox.length === 0 && !running?.result && Date.now() < (until ?? Infinity)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (until !== undefined) setTimeout(resolve, until - Date.now());
        });
      }
    },
    record(event) {
      // Once the state is complete: what is recorded is recorded in the middle of a change.
      queueMicrotask(() => {
        const message = hear(event, state);
        if (message) inbox.push(message);
        wake();
      });
    },
    perform<V extends Verb>(verb: V, input: Verbs[V]['in'], within: number): Running<Verbs[V]['out']> {
      const stop = new AbortController();
      const running: { result: Result<Verbs[V]['out']> | undefined; cancel(): void } = {
        result: undefined,
        cancel: () => stop.abort(new Error('cancelled')),
      };
      const perform = { ...idle, ...verbs }[verb] as (
        given: Verbs[V]['in'],
        signal: AbortSignal,
      ) => Promise<Verbs[V]['out']>;
      void persist(() => perform(input, stop.signal), within, stop.signal).then((result) => {
        running.result = result;
        wake();
      });
      return running;
    },
  };
  const outcome = await execute(plan, state, effects);
  if (outcome === 'renewal') throw new Error('it never renews');
  return { outcome, state };
}

/** As Temporal does: again and again, until it succeeds, is refused for good, stopped, or out of time. */
async function persist<T>(
  attempt: () => Promise<T>,
  within: number,
  signal: AbortSignal,
): Promise<Result<T>> {
  const until = Date.now() + within;
  for (;;) {
    try {
      return { ok: true, value: await attempt() };
    } catch (error) {
      const failed = { ok: false, error: String(error), cancelled: signal.aborted } as const;
      if (isRefusal(error) || signal.aborted || Date.now() >= until) return failed;
      await sleep(backoff);
    }
  }
}
