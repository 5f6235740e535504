import { condition, proxyActivities } from '@temporalio/workflow';
import {
  locksId,
  nameOfChoice,
  type Answered,
  type LocksActivities,
  type LocksRequest,
  type TargetReading,
} from '../../src/engine/lock-protocol.js';
import { claimOf, lift, stop, takeOver, type Stopped } from '../../src/engine/locks.js';
import type { JsonObject } from '../../src/engine/json.js';
import type { Answer, Principal } from '../../src/engine/messages.js';
import { outsider } from '../../src/engine/rights.js';
import type { Keeper } from './keeper.js';
import type { Looks } from './looks.js';

const retry = { initialInterval: '200ms', maximumInterval: '10s' } as const;
const { identify } = proxyActivities<LocksActivities>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '30s',
  retry,
});
const { readTargets } = proxyActivities<LocksActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '5s',
  scheduleToCloseTimeout: '10m',
  retry,
});
// Whoever is to be paused is told, however long that takes.
const { pauseRollouts } = proxyActivities<LocksActivities>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '5s',
  retry,
});

/** How long a stop waits to say whom it has reached, in milliseconds; it goes on afterwards. */
const patience = 5_000;
const mostAnswers = 100;
const mostNamed = 10;

/** The decisions of people about the locks: each is answered once, by its id, and recorded. */
export interface Decisions {
  readonly answers: readonly Answered[];
  decide(request: LocksRequest): Promise<Answer>;
}

export function openDecisions(keeper: Keeper, looks: Looks, before: readonly Answered[]): Decisions {
  const answers = [...before];
  const deciding = new Set<string>();
  const answered = (id: string) => answers.find((one) => one.id === id);

  return {
    answers,
    async decide(request) {
      const { id, by } = request;
      if (!answered(id) && !deciding.has(id)) {
        deciding.add(id);
        const { answer, evidence } = await judge(request, keeper, looks).catch(failed);
        answers.push({ id, answer, what: nameOfChoice(request), by });
        answers.splice(0, answers.length - mostAnswers);
        deciding.delete(id);
        recordDecision(keeper, request, answer, evidence);
      }
      let found: Answered | undefined;
      await condition(() => (found = answered(id)) !== undefined);
      return answerAgain(found!, request);
    },
  };
}

/** An id that stands for another decision must not make this one look as if it had been taken. */
function answerAgain({ answer, what, by }: Answered, request: LocksRequest): Answer {
  if (what === undefined || (what === nameOfChoice(request) && by === request.by)) return answer;
  return { accepted: false, reason: `key ${request.id} stands for ${what} by ${by} already: give another` };
}

interface Judged {
  readonly answer: Answer;
  readonly evidence?: JsonObject;
}

async function judge(request: LocksRequest, keeper: Keeper, looks: Looks): Promise<Judged> {
  const identity = await identify({ by: request.by });
  if ('refused' in identity) return refuse(identity.refused);
  const { principal, operators } = identity;
  switch (request.type) {
    case 'stop':
      // The safe direction: everybody who is known may.
      return stopAll(request, keeper);
    case 'lift':
      return liftStop(principal, operators, keeper);
    case 'take-over':
      return takeOrphanOver(request, principal, operators, { keeper, looks });
  }
}

async function stopAll(request: Extract<LocksRequest, { type: 'stop' }>, keeper: Keeper): Promise<Judged> {
  const { id, by, reason, exposure } = request;
  const { holders, line } = keeper.table;
  const stopped: Stopped = { at: Date.now(), by, reason, ...(exposure && { exposure }) };
  keeper.change(stop(keeper.table, stopped));
  const known = [...holders, ...line].map(({ rollout }) => rollout);
  let reached: readonly string[] | undefined;
  const pausing = pauseRollouts({ stop: id, by, reason, ...(exposure && { exposure }), rollouts: known });
  keeper.background(
    pausing.then(
      (rollouts) => (reached = rollouts),
      (error: unknown) => {
        const text = `the stop could not pause those that run: ${causeOf(error)}`;
        keeper.tell({ rollout: locksId(keeper.environment), urgency: 'incident', text });
      },
    ),
  );
  await condition(() => reached !== undefined, patience);
  const paused =
    reached === undefined
      ? 'those that run are being told to pause'
      : reached.length === 0
        ? 'none runs that could be paused'
        : `told to pause${exposure ? ' and to take exposure to zero' : ''}: ${inShort(reached)}`;
  return accept(`every start is refused until somebody lifts it; ${paused}`, {
    rollouts: [...(reached ?? [])],
  });
}

/** An answer is carried from run to run: it must stay small. */
function inShort(rollouts: readonly string[]): string {
  const more = rollouts.length - mostNamed;
  return `${rollouts.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function liftStop(by: Principal, operators: readonly string[], keeper: Keeper): Judged {
  const outside = operators.length > 0 ? outsider(by, operators) : undefined;
  if (outside !== undefined) return refuse(outside);
  if (!keeper.table.stopped) return refuse('the environment is not stopped');
  keeper.change(lift(keeper.table));
  return accept('rollouts may start again; those that were paused wait for their own resume');
}

async function takeOrphanOver(
  request: Extract<LocksRequest, { type: 'take-over' }>,
  by: Principal,
  operators: readonly string[],
  { keeper, looks }: { readonly keeper: Keeper; readonly looks: Looks },
): Promise<Judged> {
  const { rollout, id, asItIs = false } = request;
  const holder = () => keeper.table.holders.find((claim) => claim.rollout === rollout);
  const asked = holder();
  if (!asked) return refuse(`${rollout} holds nothing`);
  const outside = outsider(by, [...new Set([asked.owner, ...operators])]);
  if (outside !== undefined) return refuse(outside);
  await looks.at(rollout);
  const orphan = holder();
  if (!orphan) return accept('it has ended by itself, and its lock is released');
  if (!orphan.orphaned) return refuse('its workflow runs: abort it, and it releases its lock itself');

  const { digest, takesBack } = orphan;
  const readings = await readTargets({
    rollout,
    ...(takesBack !== undefined && { takesBack }),
    ...(digest !== undefined && { digest }),
    reading: id,
    all: asItIs,
  });
  const evidence = evidenceOf(readings);
  const different = readings.filter(({ asCaptured }) => !asCaptured);
  if (different.length > 0 && !asItIs) {
    const what = different.map(({ target, reason }) => `${target}: ${reason}`).join('; ');
    return refuse(`it left its targets other than it found them: ${what}`, evidence);
  }
  // Others decided while the targets were read.
  if (claimOf(keeper.table, rollout)?.askedAt !== orphan.askedAt || !holder()?.orphaned) {
    return refuse('it has changed hands meanwhile: look again', evidence);
  }
  keeper.change(takeOver(keeper.table, rollout, Date.now()));
  const how =
    different.length > 0
      ? `as they are: ${different.map(({ target }) => target).join(', ')} not as captured`
      : 'each as it was captured';
  return accept(`its lock is free; ${readings.length} targets were read, ${how}`, evidence);
}

function evidenceOf(readings: readonly TargetReading[]): JsonObject {
  return {
    targets: readings.map(({ target, asCaptured, reason, evidence }) => ({
      target,
      asCaptured,
      reason,
      evidence,
    })),
  };
}

function recordDecision(
  keeper: Keeper,
  request: LocksRequest,
  { accepted, reason }: Answer,
  evidence: JsonObject = {},
): void {
  keeper.record({
    type: 'decision',
    reason: `${nameOfChoice(request)}: ${accepted ? 'accepted' : 'refused'}, ${reason}`,
    by: request.by,
    evidence: { ...evidence, id: request.id, accepted, reason: request.reason },
  });
}

function failed(error: unknown): Judged {
  return refuse(`it could not be found out: ${causeOf(error)}`);
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function accept(reason: string, evidence?: JsonObject): Judged {
  return { answer: { accepted: true, reason }, ...(evidence && { evidence }) };
}

function refuse(reason: string, evidence?: JsonObject): Judged {
  return { answer: { accepted: false, reason }, ...(evidence && { evidence }) };
}
