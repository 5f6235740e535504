import { proxyActivities } from '@temporalio/workflow';
import type { Provenance } from '../../src/engine/state/journal.js';
import type { Admission, Starting } from '../../src/protocol/decisions.js';
import type { RolloutInput } from '../../src/protocol/rollout.js';
import { isShared } from '../doors/kind.js';
import { runsAgainByItself, thisRun } from '../sdk/run.js';
import { refuseToBegin } from './visibility.js';

interface Admitting {
  admitStart(starting: Starting): Promise<Admission>;
}

const { admitStart } = proxyActivities<Admitting>({
  startToCloseTimeout: '15s',
  // It asks the records, without which nothing could go forward anyway.
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '500ms', maximumInterval: '10s' },
});

/** In a local environment a start is a name's. */
export function startedByName({ startedBy }: RolloutInput): Provenance {
  return { via: 'cli', submittedBy: startedBy };
}

/**
 * Finds out, before anything is read, whether a first run of a shared environment was started rightly; ends it as refused
 * when not. Only a run that this workflow itself has begun goes on from a state: one that the server begins again, or
 * whoever starts it, would bring any state it likes.
 */
export async function admittedStart(input: RolloutInput): Promise<Provenance> {
  const { startedBy, askedFor, fromFile, wait, signed } = input;
  if (signed === undefined) {
    refuseToBegin(`${startedBy} is only a name: in a shared environment a start has to be signed by a door`);
  }
  if (runsAgainByItself())
    refuseToBegin('it would be started again by the server, for which nobody has signed');
  const { workflowId, firstExecutionRunId, startTime } = thisRun();
  const about = 'reverts' in input ? { reverts: input.reverts } : { plan: input.plan, digest: input.digest };
  const answer = await admitStart({
    rollout: workflowId,
    firstRun: firstExecutionRunId,
    at: startTime.getTime(),
    startedBy,
    ...(askedFor !== undefined && { askedFor }),
    ...(fromFile && { fromFile }),
    ...(wait === false && { wait }),
    signed,
    ...about,
  }).catch((error: unknown) => ({ refused: `who started it could not be found out: ${causeOf(error)}` }));
  return 'refused' in answer ? refuseToBegin(answer.refused) : answer.start;
}

/** Refuses a run that brings a state and was not begun by a run before it. */
export function refuseForeignState(): void {
  if (!isShared()) return;
  if (thisRun().continuedFromExecutionRunId !== undefined && !runsAgainByItself()) return;
  refuseToBegin('it brings a state that no run before it has left');
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
