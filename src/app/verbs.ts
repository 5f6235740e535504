import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Adapter, Work } from '../../activities/adapter.js';
import { isRefusal, Refusal } from '../engine/errors.js';
import type { JsonObject } from '../engine/json.js';
import type { Act, Target } from '../engine/plan.js';
import type { Capture, Verbs } from '../engine/ports.js';

/** Keeps the first capture of a target, whoever comes second. */
export interface Captures {
  putIfAbsent(rollout: string, target: Target, capture: Capture): Promise<Capture>;
}

/** Well below the heartbeat timeout, and how soon a cancellation is heard. */
const heartbeatEvery = 1_000;

type AdapterVerb = 'check' | 'capture' | 'apply' | 'undo' | 'restore' | 'fence' | 'verify';
type Activities = { [V in AdapterVerb]: (input: Verbs[V]['in']) => Promise<Verbs[V]['out']> };

/** The verbs that touch targets, as activities: each finds its adapter by the action's kind. */
export function createVerbs(adapters: readonly Adapter[], captures: Captures): Activities {
  const find = (act: Act) => adapterOf(adapters, act);
  return {
    check: ({ act }) => working(async (work) => ({ evidence: await find(act).check(act, work) })),
    capture: ({ act, key }) =>
      working(async (work) => {
        const state = await find(act).read(act, work);
        return captures.putIfAbsent(key.rollout, act.target, { target: act.target, at: Date.now(), state });
      }),
    apply: ({ act, key }) => working((work) => find(act).apply(act, key, work)),
    undo: ({ act, action, key }) => working((work) => find(act).undo(act, action, key, work)),
    restore: ({ act, capture, key }) => working((work) => find(act).restore(act, capture, key, work)),
    fence: ({ act, key }) => working((work) => find(act).fence(act, key, work)),
    verify: ({ acts, capture, key }) =>
      working((work) => {
        const [first] = acts;
        if (!first) throw new Refusal(capture.target, 'was touched by no act', 'verify what an act touched');
        return find(first).verify(acts, capture, key, work);
      }),
  };
}

function adapterOf(adapters: readonly Adapter[], act: Act): Adapter {
  const name = act.do.kind.split('.')[0];
  const found = adapters.find((adapter) => adapter.name === name);
  if (found) return found;
  const known = adapters.map((adapter) => adapter.name).join(', ');
  throw new Refusal(act.id, `no adapter performs ${act.do.kind}`, `this worker has ${known}`);
}

/** Heartbeats while the verb works, hands it the cancellation, and marks refusals as not worth another try. */
export async function working<T>(perform: (work: Work) => Promise<T>): Promise<T> {
  const context = Context.current();
  let progress: JsonObject = {};
  const beat = () => context.heartbeat(progress);
  const timer = setInterval(beat, heartbeatEvery);
  try {
    return await perform({
      signal: context.cancellationSignal,
      heartbeat(details) {
        progress = details;
        beat();
      },
    });
  } catch (error) {
    if (isRefusal(error)) throw ApplicationFailure.nonRetryable(error.message, error.name);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
