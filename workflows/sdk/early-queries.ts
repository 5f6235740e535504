import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { afterTheEnd, askedTooEarly } from './too-early.js';

/** How far the history of an activation goes, and what only a workflow task that begins moves on. */
interface Place {
  readonly length: number;
  readonly size: number;
  readonly time: number;
}

/**
 * Fails a query that came before the workflow task which the newest events of its history wait for.
 *
 * A query that waited for a worker may be answered from a history that ends before that task began. The SDK runs the
 * workflow on all the same, on every event, but with the time, the size and the length of the history that it had
 * before, keeps the run, and hands in at the task what was decided so. Another worker, who replays the task, decides
 * with what the task itself says, and may decide otherwise: then the run stands still for good. A query that fails
 * makes the worker forget the run: it takes it up again at its task, and whoever asked asks again.
 *
 * It never fails a task that is replayed, whatever was recorded; nor one that is new, but at the worst the one after
 * a task that was taken for none, which the server gives again and which then is a replay of it.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let last: Place | undefined;
  let early = false;
  return {
    internals: [
      {
        activate(input, next) {
          const queries = (input.activation.jobs ?? []).flatMap(({ queryWorkflow }) => queryWorkflow ?? []);
          if (queries.length > 0) {
            if (early && !queries.every(isAfterTheEnd)) throw new Error(askedTooEarly);
          } else if (input.batchIndex === 0) {
            const place = {
              length: workflowInfo().historyLength,
              size: workflowInfo().historySize,
              time: Date.now(),
            };
            // What was decided too early must not be handed in, in case the query was answered nevertheless.
            if (early && last && place.length > last.length) throw new Error(askedTooEarly);
            early ||= last !== undefined && !workflowInfo().unsafe.isReplaying && isBeyond(place, last);
            last = place;
          }
          next(input);
        },
      },
    ],
  };
};

/** Events have come, but no task has begun: each says a size of the history that has grown, and mostly a later time. */
function isBeyond(place: Place, last: Place): boolean {
  return place.length > last.length && place.size === last.size && place.time === last.time;
}

function isAfterTheEnd({ arguments: given }: { readonly arguments?: readonly Payload[] | null }): boolean {
  return (given ?? []).some((payload) => defaultPayloadConverter.fromPayload(payload) === afterTheEnd);
}
