import { condition, proxyActivities } from '@temporalio/workflow';
import { bytesOf } from '../../src/engine/base/json.js';
import { DecisionQueue, type Place, type Unjudged } from '../../src/engine/decide/decision-queue.js';
import {
  locksId,
  nameOfChoice,
  type Answered,
  type LocksActivities,
  type LocksInput,
  type LocksRequest,
  type Reached,
  type Stopped,
} from '../../src/protocol/locks.js';
import { lift, stop } from '../../src/environment/locks/table.js';
import { saferOf } from '../../src/protocol/doors.js';
import { isScarce, takeTurnedAwayAtTheDoor } from '../doors/crowd.js';
import { judgeInTurn, type Judging } from '../doors/judging.js';
import { refusedTogether, unread } from '../doors/refused.js';
import type { Answer, Principal } from '../../src/engine/state/messages.js';
import type { Heard } from '../../src/protocol/decisions.js';
import { outsider } from '../../src/engine/state/rights.js';
import { answerAgain, Answers } from './answers.js';
import { accept, refuse, type Admitted } from './admitted.js';
import { provenanceOf, recordDecision, recordRefused, type Known } from './record-decisions.js';
import { delegate, endDelegation } from './delegations.js';
import type { Keeper } from './keeper.js';
import { takeOrphanOver } from './take-over.js';
import { reachedBy, reachedText, standingText } from './reached.js';
import type { EndedHolders } from './ended-holders.js';
import { now } from '../sdk/turns.js';

const retry = { initialInterval: '200ms', maximumInterval: '10s' } as const;
const { identify } = proxyActivities<LocksActivities>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '30s',
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

/** The decisions of people about the locks: each is answered once, by its id, and recorded. */
export interface Decisions extends Judging {
  readonly answers: readonly Answered[];
  /** Decides, and answers what became of it. */
  ask(request: LocksRequest): Promise<Answer>;
  /** Decides; the answer stands in the journal. */
  tell(request: LocksRequest): void;
  /** What the next run has to judge. */
  left(): Unjudged<LocksRequest>;
}

/** So many are carried out at a time: one may read targets for minutes, and a stop waits for none of them. */
const mostAtWork = 100;

/** @param ready whether it is known who holds what */
export function openDecisions(
  keeper: Keeper,
  looks: EndedHolders,
  { answers: before = [], unheard }: LocksInput,
  ready: () => boolean,
): Decisions {
  const answers = new Answers(before);
  const atWork = new Set<string>();
  const queue = new DecisionQueue<LocksRequest & Heard>(saferOf('locks'), unheard);
  const heard = (request: LocksRequest) => ({ ...request, heardAt: now() });
  const answered = (id: string) => answers.of(id);

  const conclude = (request: LocksRequest, { answer, evidence }: Admitted, known?: Known) => {
    const { id, by } = request;
    const until = known?.signedUntil;
    const kept = { id, answer, what: nameOfChoice(request), by, ...(until !== undefined && { until }) };
    answers.keep(kept, now());
    recordDecision(keeper, request, answer, provenanceOf(request, known), evidence);
  };
  const carryOut = async (request: LocksRequest, identity: Known) => {
    atWork.add(request.id);
    // A stop waits for nothing; what only loosens waits until it is known what there is to loosen.
    if (request.type !== 'stop') await condition(ready);
    const admitted = admit(request, identity, { keeper, looks, answered }).catch(failed);
    conclude(request, await admitted, identity);
    atWork.delete(request.id);
  };
  const judging = judgeInTurn(queue, async (turn) => {
    const { known, refused } = await identifyAll(turn, keeper);
    for (const { request, identity } of known) keeper.background(carryOut(request, identity));
    for (const { request, reason } of refused) conclude(request, refuse(reason));
    for (const place of turn) queue.done(place);
    queue.turnAway(takeTurnedAwayAtTheDoor());
    const turnedAway = queue.takeTurnedAway(false);
    if (turnedAway) recordRefused(keeper, unread(turnedAway));
  });

  return Object.assign(judging, {
    answers: answers.all,
    async ask(request: LocksRequest) {
      const { id } = request;
      if (!answered(id) && !atWork.has(id)) queue.ask(heard(request));
      let found: Answered | undefined;
      await condition(() => (found = answered(id)) !== undefined);
      return answerAgain(found!, { id, what: nameOfChoice(request), by: request.by });
    },
    tell(request: LocksRequest) {
      if (!answered(request.id) && !atWork.has(request.id))
        queue.tell(heard(request), atWork.size >= mostAtWork || isScarce());
    },
    left() {
      queue.turnAway(takeTurnedAwayAtTheDoor());
      return queue.carry(bytesOf);
    },
  });
}

/** Finds out who takes these decisions, all at once. Those who wait for no answer may be refused together. */
async function identifyAll(turn: readonly Place<LocksRequest & Heard>[], keeper: Keeper) {
  const requests = turn.map(({ request }) => request);
  const answers = await identify({ by: requests.map(({ by }) => by), requests }).catch((error: unknown) => {
    const refused = `it could not be found out: ${causeOf(error)}`;
    return turn.map(() => ({ refused }));
  });
  const identified = turn.map((place, index) => ({
    place,
    identity: answers[index] ?? { refused: 'not answered' },
  }));
  const known = identified.flatMap(({ place: { request }, identity }) =>
    'refused' in identity ? [] : [{ request, identity }],
  );
  const strangers = identified.flatMap(({ place, identity }) =>
    'refused' in identity ? [{ place, reason: identity.refused }] : [],
  );
  const { apart, together } = refusedTogether(strangers, ({ place }) => place);
  if (together) recordRefused(keeper, together);
  return { known, refused: apart.map(({ place: { request }, reason }) => ({ request, reason })) };
}

async function admit(
  request: LocksRequest,
  { principal, operators, signedUntil }: Known,
  {
    keeper,
    looks,
    answered,
  }: {
    readonly keeper: Keeper;
    readonly looks: EndedHolders;
    answered(id: string): Answered | undefined;
  },
): Promise<Admitted> {
  switch (request.type) {
    case 'stop':
      // The safe direction: everybody who is known may.
      return stopAll(request, keeper);
    case 'lift':
      return liftStop(principal, operators, keeper);
    case 'take-over':
      return takeOrphanOver(request, principal, operators, { keeper, looks });
    case 'delegate':
      return delegate(request, request.by, signedUntil !== undefined, now());
    case 'end-delegation': {
      const before = answered(request.delegation);
      const known = before?.what === 'delegate' && before.answer.accepted ? before.by : undefined;
      return endDelegation(request, known);
    }
  }
}

async function stopAll(request: Extract<LocksRequest, { type: 'stop' }>, keeper: Keeper): Promise<Admitted> {
  const { id, by, reason, exposure, signed } = request;
  const { holders, line } = keeper.table;
  const stopped: Stopped = { at: now(), by, reason, ...(exposure && { exposure }) };
  keeper.change(stop(keeper.table, stopped));
  const known = [...holders, ...line].map(({ rollout }) => rollout);
  let reached: Reached | undefined;
  const pausing = pauseRollouts({
    stop: id,
    by,
    reason,
    ...(exposure && { exposure }),
    rollouts: known,
    // They do not take our word for it.
    ...(signed !== undefined && { signed }),
  });
  keeper.background(
    pausing.then(
      (answer) => {
        reached = reachedBy(answer);
        if (reached.standing.length === 0) return;
        const text = `the stop is ${standingText(reached.standing)}`;
        const rollout = locksId(keeper.environment);
        keeper.tell({ rollout, urgency: 'incident', kind: 'stands-still', text });
      },
      (error: unknown) => {
        const text = `the stop could not pause those that run: ${causeOf(error)}`;
        keeper.tell({ rollout: locksId(keeper.environment), urgency: 'incident', text });
      },
    ),
  );
  await condition(() => reached !== undefined, patience);
  const paused = reachedText(reached, exposure !== undefined);
  const { rollouts = [], standing = [] } = reached ?? {};
  return accept(`every start is refused until somebody lifts it; ${paused}`, {
    rollouts: [...rollouts],
    ...(standing.length > 0 && { standing: [...standing] }),
  });
}

function liftStop(by: Principal, operators: readonly string[], keeper: Keeper): Admitted {
  const outside = operators.length > 0 ? outsider(by, operators) : undefined;
  if (outside !== undefined) return refuse(outside);
  if (!keeper.table.stopped) return refuse('the environment is not stopped');
  keeper.change(lift(keeper.table));
  return accept('rollouts may start again; those that were paused wait for their own resume');
}

function failed(error: unknown): Admitted {
  return refuse(`it could not be found out: ${causeOf(error)}`);
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
