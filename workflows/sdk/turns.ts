import { workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { tryUnblockConditions } from '@temporalio/workflow/lib/worker-interface.js';
import { generator } from './resets.js';
import { leaveAnEvent, mark, type Jobs } from './mark.js';

/** What a workflow task says of itself. */
interface Turn {
  readonly time: number;
  readonly length: number;
  readonly continueAsNewSuggested: boolean;
  readonly build: string | undefined;
}

let last: Turn = { time: 0, length: 0, continueAsNewSuggested: false, build: undefined };

/** Milliseconds since the epoch, as of the last turn. */
export function now(): number {
  return last.time;
}

/** Whether the history has so many events that a new run should go on; when none are given, the server says so. */
export function isFull(continueAfter = Number.POSITIVE_INFINITY): boolean {
  return last.continueAsNewSuggested || last.length >= continueAfter;
}

/** How many events the history had at the last turn. */
export function historyLength(): number {
  return last.length;
}

/** The build whose worker did the last turn; undefined when it is part of no deployment. */
export function buildAtWork(): string | undefined {
  return last.build;
}

/**
 * Makes every turn one that a replay takes, too. A turn is a workflow task that leaves a trace in history: something
 * came by an event, or an update was accepted. An update that is refused leaves none, and a replay does not run its
 * task: so what a task says of itself, which conditions ask for, stays as it was at the last turn.
 *
 * The SDK takes a task that ends without a command, before one without a new event, for a heartbeat, and runs both as
 * one when it replays; once the update that the second one brought is accepted it keeps them apart. A run that was
 * replayed in between stands still for good (temporalio/sdk-rust 1146). So a turn that would leave nothing behind
 * leaves a mark, and a task that only brought refused updates never does.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let known = generator();
  let jobs: Jobs = [];
  let fromHistory = false;
  return {
    inbound: [
      {
        // An update comes here when it is accepted.
        handleUpdate(input, next) {
          last = present();
          return next(input);
        },
      },
    ],
    internals: [
      {
        activate(input, next) {
          const brought = input.activation.jobs ?? [];
          const first = input.batchIndex === 0;
          jobs = first ? brought : [...jobs, ...brought];
          // A reset comes as a new seed, of which the jobs do not tell.
          const cameByEvent = brought.some(isOfHistory) || known !== generator();
          known = generator();
          fromHistory = (!first && fromHistory) || cameByEvent;
          if (cameByEvent) begin();
          next(input);
        },
        concludeActivation(input, next) {
          const { commands } = next(input);
          if (!fromHistory || takesNoUpdates() || leaveAnEvent(commands, jobs)) return { commands };
          return { commands: [...commands, mark()] };
        },
      },
    ],
  };
};

/**
 * Nothing else may ask conditions at the new time first: a refused update that comes with an event would, and a replay
 * knows nothing of it.
 */
function begin(): void {
  last = present();
  tryUnblockConditions();
}

function present(): Turn {
  const { historyLength: length, continueAsNewSuggested, currentDeploymentVersion } = workflowInfo();
  const { deploymentName, buildId } = currentDeploymentVersion ?? {};
  return { time: Date.now(), length, continueAsNewSuggested, build: deploymentName ? buildId : undefined };
}

/** Jobs of which history knows nothing, or only when they are replayed. */
const bornLive = ['doUpdate', 'queryWorkflow', 'notifyHasPatch', 'removeFromCache'] as const;

function isOfHistory(job: Jobs[number]): boolean {
  return !bornLive.some((kind) => job[kind]);
}

/** The sentinel is told of most things without a word of its own: no update can part its turns. */
function takesNoUpdates(): boolean {
  return workflowInfo().workflowType === 'sentinel';
}
