import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { Act } from '../src/engine/plan.js';
import type { Result, Running, Verb, Verbs } from '../src/engine/ports.js';

type Activities = { readonly [V in Verb]: (input: Verbs[V]['in']) => Promise<Verbs[V]['out']> };

/** An attempt that stops heartbeating is given up after this time and tried again elsewhere. */
const heartbeatTimeout = '5s';
/** Verbs that only ask: an attempt that takes longer is lost. */
const quickAttempt = '1m';

const longVerbs: ReadonlySet<Verb> = new Set([
  'check',
  'capture',
  'apply',
  'undo',
  'restore',
  'fence',
  'verify',
]);

/** Starts a verb as an activity: retried until `within` is over, cancelled only when the interpreter says so. */
export function performVerb<V extends Verb>(
  verb: V,
  input: Verbs[V]['in'],
  within: number,
): Running<Verbs[V]['out']> {
  const scope = new CancellationScope({ cancellable: true });
  let result: Result<Verbs[V]['out']> | undefined;
  const activities: Activities = proxyActivities<Activities>(optionsFor(verb, input, within));
  const activity = activities[verb] as (input: Verbs[V]['in']) => Promise<Verbs[V]['out']>;
  scope
    .run(() => activity(input))
    .then(
      (value) => (result = { ok: true, value }),
      (error: unknown) => (result = { ok: false, error: messageOf(error), cancelled: isCancellation(error) }),
    );
  return {
    get result() {
      return result;
    },
    cancel: () => scope.cancel(),
  };
}

function optionsFor<V extends Verb>(verb: V, input: Verbs[V]['in'], within: number): ActivityOptions {
  const step = 'act' in (input as object) ? (input as { act: Act }).act.id : undefined;
  return {
    scheduleToCloseTimeout: within,
    ...(longVerbs.has(verb) ? { heartbeatTimeout } : { startToCloseTimeout: quickAttempt }),
    // The other undos wait until a cancelled act has ended, so its end must be awaited, not assumed.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
    ...(step && { summary: `${verb} ${step}` }),
  };
}

function messageOf(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause instanceof Error) return error.cause.message;
  return error instanceof Error ? error.message : String(error);
}
