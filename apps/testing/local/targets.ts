import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal } from '../../../src/engine/base/errors.js';
import type { Target } from '../../../src/engine/plan/plan.js';
import type { Capture } from '../../../src/engine/state/values.js';
import type { Adapter, Work } from '../../../src/protocol/adapter.js';
import type { Targets } from '../../../src/testing/targets.js';
import { createVerbs, type Captures } from '../../worker/perform-verbs.js';

/** What may fail once, such as a lock that is not to be had, is tried so often, with milliseconds in between. */
const tries = 3;
const pause = 200;

/** Captures that last as long as a point is drilled. */
export function capturesInMemory(): Captures {
  const kept = new Map<string, Capture>();
  return {
    async putIfAbsent(rollout: string, target: Target, capture: Capture) {
      const key = JSON.stringify([rollout, target]);
      const first = kept.get(key) ?? capture;
      kept.set(key, first);
      return first;
    },
  };
}

/** The verbs of a worker over adapters, each tried again as a worker would, though not for as long. */
export function targetsOver(adapters: readonly Adapter[], captures: Captures): Targets {
  const verbs = createVerbs(adapters, captures);
  const work: Work = { signal: new AbortController().signal, heartbeat: () => undefined };
  const often =
    <I, O>(verb: (input: I, work: Work) => Promise<O>) =>
    (input: I): Promise<O> =>
      persistently(() => verb(input, work));
  return {
    resolve: often(verbs.resolve),
    check: often(verbs.check),
    capture: often(verbs.capture),
    apply: often(verbs.apply),
    undo: often(verbs.undo),
    restore: often(verbs.restore),
    observe: often(verbs.observe),
    fence: often(verbs.fence),
    verify: often(verbs.verify),
  };
}

async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (isRefusal(error) || left <= 1) throw error;
    }
    await sleep(pause);
  }
}
