import { ApplicationFailure, Context } from '@temporalio/activity';
import { isRefusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Work } from '../../src/protocol/adapter.js';

/** Well below every heartbeat timeout, and how soon a cancellation is heard. */
const heartbeatEvery = 1_000;

/** An activity as it is written: what it is to do, and what it works with. */
type Written = (input: never, work: Work) => Promise<unknown>;

/** As Temporal calls it. */
type Framed<A> = A extends (input: infer I, work: Work) => infer R ? (input: I) => R : never;

/**
 * Every activity of a worker in the same frame: that it lives is said for it, with the progress that it told last; it is
 * handed its cancellation; and its refusal is marked as not worth another try.
 */
export function framed<A extends Readonly<Record<string, Written>>>(
  activities: A,
): { [N in keyof A]: Framed<A[N]> } {
  const frames = Object.entries(activities).map(([name, perform]) => [
    name,
    (input: never) => inFrame((work) => perform(input, work)),
  ]);
  return Object.fromEntries(frames) as { [N in keyof A]: Framed<A[N]> };
}

async function inFrame<T>(perform: (work: Work) => Promise<T>): Promise<T> {
  const context = Context.current();
  let progress: JsonObject = {};
  const beat = () => context.heartbeat(progress);
  const timer = setInterval(beat, heartbeatEvery);
  try {
    return await perform({
      signal: context.cancellationSignal,
      heartbeat(told) {
        progress = told;
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
