import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { mostWaiting, type Deciding } from '../../src/engine/decide/decision-queue.js';
import { attempt, type Attempt } from '../../src/engine/base/read.js';
import { doors, isOurs, saferOf, type Door } from '../../src/protocol/doors.js';
import { locksNames } from '../../src/protocol/locks.js';
import { rolloutNames } from '../../src/protocol/rollout.js';
import { countSignals, turnAwayAtTheDoor } from './crowd.js';
import { deliver } from './deliver.js';
import { ignore } from './ignored.js';
import { thisRun } from '../sdk/run.js';

type Payloads = readonly Payload[] | null | undefined;
type Signal = { readonly signalName?: string | null; readonly input?: Payloads };

const decisions: ReadonlySet<string> = new Set([rolloutNames.decide, locksNames.decide]);

/**
 * Delivers all signals past the SDK, in their order, before whatever else comes with them, as the SDK does, too.
 *
 * - A payload that nobody can decode makes the SDK fail the workflow task, and every further attempt at it: the workflow
 *   would stand still for good. A signal of an unknown name it would keep in memory for ever.
 * - Each signal costs the SDK a promise, and a look at every condition. Thousands may come in one task, when there was no
 *   worker for a while, or when the server lets no task end for all the signals that arrive. An activation of more than
 *   five seconds is cut short, and so is every further attempt.
 *
 * Updates need none of this: the server lets in few at a time, and one of an unknown name, or that cannot be decoded, is
 * refused before it is accepted.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  const { workflowType } = thisRun();
  if (!isOurs(workflowType)) return {};
  const door = doors[workflowType];
  const safer = saferOf(workflowType);

  return {
    internals: [
      {
        activate(input, next) {
          const { activation } = input;
          const all = activation.jobs ?? [];
          const signals = all.flatMap(({ signalWorkflow }) => signalWorkflow ?? []);
          countSignals(signals.length);
          const hasPlace = places(safer);
          for (const signal of signals) take(door, signal, hasPlace);
          const jobs = all.filter(({ signalWorkflow }) => !signalWorkflow);
          for (const { queryWorkflow: asked, initializeWorkflow: begun } of jobs) {
            // Without arguments a question is refused by its reader, and a start by its workflow.
            if (asked && !decoded(asked.arguments)) asked.arguments = [];
            if (begun && !decoded(begun.arguments)) begun.arguments = [];
          }
          next({ ...input, activation: { ...activation, jobs } });
        },
      },
    ],
  };
};

function take(door: Door, signal: Signal, hasPlace: (decision: Deciding) => boolean): void {
  const name = signal.signalName ?? '';
  const message = messageIn(door, name, signal.input);
  if ('fault' in message) ignore(`signal ${message.fault}`);
  else if (!decisions.has(name) || hasPlace(message.value as Deciding)) deliver(name, message.value);
}

/** Of the decisions of one task so many are looked at: more than that wait in no queue. */
function places(safer: ReadonlySet<string>): (decision: Deciding) => boolean {
  const came = { safer: 0, other: 0 };
  return ({ type, by }) => {
    const kind = safer.has(type) ? 'safer' : 'other';
    came[kind] += 1;
    if (came[kind] <= mostWaiting) return true;
    turnAwayAtTheDoor(by);
    return false;
  };
}

function messageIn({ signals }: Door, name: string, input: Payloads): Attempt<unknown> {
  const reader = Object.hasOwn(signals, name) ? signals[name] : undefined;
  if (reader === undefined) return { fault: `${name.slice(0, 80)}: it is unknown here` };
  const given = decoded(input);
  return given ? attempt(reader, given[0], name) : { fault: `${name}: it cannot be decoded` };
}

/** The arguments; undefined when one of them cannot be decoded. */
function decoded(payloads: Payloads): readonly unknown[] | undefined {
  try {
    return (payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));
  } catch {
    return undefined;
  }
}
