import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivateInput, ConcludeActivationInput } from '@temporalio/workflow';

/** What brought a workflow task about, as the SDK tells the workflow. */
export type Jobs = NonNullable<ActivateInput['activation']['jobs']>;

type Commands = ConcludeActivationInput['commands'];
type Command = Commands[number];

/** Of each kind of command that is an event at once, unless it is taken back before the task ends. */
const alwaysAnEvent = [
  'modifyWorkflowProperties',
  'upsertWorkflowSearchAttributes',
  'completeWorkflowExecution',
  'failWorkflowExecution',
  'cancelWorkflowExecution',
  'continueAsNewWorkflowExecution',
] as const satisfies readonly (keyof Command)[];

/** What is begun, what takes it back, and the job that says that it is over. */
const begun = [
  { start: 'startTimer', cancel: 'cancelTimer', over: 'fireTimer' },
  { start: 'scheduleActivity', cancel: 'requestCancelActivity', over: 'resolveActivity' },
  {
    start: 'signalExternalWorkflowExecution',
    cancel: 'cancelSignalWorkflow',
    over: 'resolveSignalExternalWorkflow',
  },
] as const satisfies readonly { start: keyof Command; cancel: keyof Command; over: keyof Jobs[number] }[];

/**
 * Whether a command of a task becomes an event. The answer to a query, and to an update that is refused, does not; nor
 * does what is begun and taken back in one task, or taken back when it is over. Of a kind that is not known here
 * nothing is believed: a mark too many is one event, one too few may be the end of a run.
 */
export function leaveAnEvent(commands: Commands, jobs: Jobs): boolean {
  return commands.some(
    (command) =>
      alwaysAnEvent.some((kind) => command[kind]) ||
      (command.updateResponse && !command.updateResponse.rejected) ||
      begun.some((kind) => isBegun(kind, command, commands) || isTakenBack(kind, command, commands, jobs)),
  );
}

type Begun = (typeof begun)[number];

function isBegun({ start, cancel }: Begun, command: Command, commands: Commands): boolean {
  const seq = command[start]?.seq;
  return seq != null && !commands.some((other) => other[cancel]?.seq === seq);
}

function isTakenBack({ start, cancel, over }: Begun, command: Command, commands: Commands, jobs: Jobs) {
  const seq = command[cancel]?.seq;
  // A signal to another workflow that has left is not taken back.
  if (seq == null || cancel === 'cancelSignalWorkflow') return false;
  return !commands.some((other) => other[start]?.seq === seq) && !jobs.some((job) => job[over]?.seq === seq);
}

/** Changes nothing that anybody reads, and is an event. */
export function mark(): Command {
  return {
    modifyWorkflowProperties: { upsertedMemo: { fields: { turn: defaultPayloadConverter.toPayload(1) } } },
  };
}
