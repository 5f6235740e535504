import {
  ActivityCancellationType,
  ActivityFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
  type ActivityOptions,
} from '@temporalio/workflow';
import { formatDuration } from '../../src/engine/base/duration.js';
import type { Act } from '../../src/engine/plan/plan.js';
import type { Result, Running, Verb, Verbs } from '../../src/engine/state/ports.js';
import { DetachedScope } from '../sdk/detached.js';

type Activities = { readonly [V in Verb]: (input: Verbs[V]['in']) => Promise<Verbs[V]['out']> };

/** An attempt that stops heartbeating is given up after this time and tried again elsewhere. */
const heartbeatTimeout = '5s';
/** Verbs that only ask: an attempt that takes longer is lost, with the worker that made it. */
const quickAttempt = '15s';

const longVerbs: ReadonlySet<Verb> = new Set([
  'check',
  'capture',
  'apply',
  'undo',
  'restore',
  'observe',
  'fence',
  'verify',
  'resolve',
  // A window of weeks takes seconds to read.
  'judge',
]);

/** Verbs that take their time, as what they change or wait for does. The others end soon: nobody gains by stopping them. */
const stoppable: ReadonlySet<Verb> = new Set(['apply', 'undo', 'restore', 'observe']);

/** Starts a verb as an activity: retried for so long and so often, cancelled only when the interpreter says so. */
export function scheduleVerb<V extends Verb>(
  verb: V,
  input: Verbs[V]['in'],
  within: number,
  tries?: number,
): Running<Verbs[V]['out']> {
  const scope = stoppable.has(verb) ? new DetachedScope() : undefined;
  let result: Result<Verbs[V]['out']> | undefined;
  const activities: Activities = proxyActivities<Activities>(optionsFor(verb, input, within, tries));
  const activity = activities[verb] as (input: Verbs[V]['in']) => Promise<Verbs[V]['out']>;
  const answer = scope ? scope.run(() => activity(input)) : activity(input);
  answer.then(
    (value) => (result = { ok: true, value }),
    (error: unknown) =>
      (result = { ok: false, error: messageOf(error, within), cancelled: isCancellation(error) }),
  );
  return {
    get result() {
      return result;
    },
    cancel: () => scope?.cancel(),
  };
}

function optionsFor<V extends Verb>(
  verb: V,
  input: Verbs[V]['in'],
  within: number,
  tries?: number,
): ActivityOptions {
  const { act } = input as { readonly act?: Act };
  const takesExposureBack = act?.exposure !== undefined && verb !== 'apply';
  return {
    scheduleToCloseTimeout: within,
    ...(longVerbs.has(verb) ? { heartbeatTimeout } : { startToCloseTimeout: quickAttempt }),
    // The other undos wait until a cancelled act has ended, so its end must be awaited, not assumed.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: '200ms',
      backoffCoefficient: 2,
      // Somebody has the candidate all the while.
      maximumInterval: takesExposureBack ? '1s' : '10s',
      ...(tries !== undefined && { maximumAttempts: tries }),
    },
    ...(act && { summary: `${verb} ${act.id}` }),
  };
}

/** Why it failed. That the time is over says nothing: then the last attempt's own words count. */
function messageOf(error: unknown, within: number): string {
  const failure = error instanceof ActivityFailure && error.cause ? error.cause : error;
  if (failure instanceof TimeoutFailure) {
    // The SDK leaves out the cause of a timeout; what the server sent still has it.
    const last = failure.failure?.cause?.message;
    if (last) return `${last} (tried again for ${formatDuration(within)})`;
    const { waits } = (failure.lastHeartbeatDetails ?? {}) as { readonly waits?: string };
    return `no answer within ${formatDuration(within)}${waits ? `: ${waits}` : ''}`;
  }
  return failure instanceof Error ? failure.message : String(failure);
}
