import { CancellationScope, condition } from '@temporalio/workflow';
import { bytesOf } from '../../src/engine/base/json.js';
import { DecisionQueue } from '../../src/engine/decide/decision-queue.js';
import { answerTo } from '../../src/engine/decide/decisions.js';
import type { Answer, DecisionRequest, Message } from '../../src/engine/state/messages.js';
import type { RolloutState } from '../../src/engine/state/state.js';
import { authoriseAll } from './authorise.js';
import { saferOf, type doors } from '../../src/protocol/doors.js';
import { takeTurnedAwayAtTheDoor } from '../doors/crowd.js';
import { ignore, ignoredBefore, inWords, takeIgnored, tellOfIgnored } from '../doors/ignored.js';
import { openClosing } from '../doors/closing.js';
import { judgeInTurn } from '../doors/judging.js';
import { askAgain, type Heard } from '../../src/protocol/decisions.js';
import type { Listeners } from '../doors/listen.js';
import { unread } from '../doors/refused.js';
import type { Ignored, Unheard } from '../../src/protocol/rollout.js';
import { believed } from './believed.js';
import { thisRun } from '../sdk/run.js';
import { whenReset } from '../sdk/resets.js';
import { now } from '../sdk/turns.js';

/** How much room the run's history has. */
export interface Room {
  /** Only decisions are judged that somebody waits for. */
  isScarce(): boolean;
  /** And of those only the ones that make things safer. */
  isSpent(): boolean;
}

/** What reaches the rollout, in the order of history. */
export interface Inbox {
  take(): Message | undefined;
  readonly waiting: boolean;
  /** Answers a look at whether all are judged that have decided by now: no deadline passes before them. */
  hearing(): () => boolean;
  push(message: Message): void;
  /** Whether the run may end: those who wait for an answer have theirs, and new ones are to ask again. */
  closes(): boolean;
  /** It goes on in this run. */
  reopen(): void;
  /** Says what was not said yet of what nobody has read. */
  settle(): void;
  /** What the next run has to deal with. */
  left(): Unheard;
  readonly listeners: Omit<Listeners<typeof doors.rollout>, 'queries'>;
}

/** The safe direction, which everybody who is known may choose. */
const safer = saferOf('rollout');

/**
 * Takes decisions (update and signal, one way for both), readings and blindness.
 *
 * @param unheard what the run before has not dealt with
 * @param room what the history has room for
 */
export function openInbox(state: RolloutState, unheard: Unheard, room: Room): Inbox {
  const messages: Message[] = [];
  const push = (message: Message) => void messages.push(message);
  const queue = new DecisionQueue<DecisionRequest & Heard>(safer, unheard);
  const heard = (request: DecisionRequest) => ({ ...request, heardAt: now() });
  if (unheard.ignored) ignoredBefore(unheard.ignored);

  const judging = judgeInTurn(queue, async (turn) => {
    const judged = await authoriseAll(state, turn);
    messages.push(...judged);
    for (const place of turn) queue.done(place);
    settle(false);
  });
  const closing = openClosing(judging);
  const settle = (ends: boolean) => {
    queue.turnAway(takeTurnedAwayAtTheDoor());
    const turnedAway = queue.takeTurnedAway(ends);
    if (turnedAway) push(unread(turnedAway));
  };
  const decide = async (request: DecisionRequest): Promise<Answer> => {
    let answer = answerTo(state, request.id);
    if (!answer) queue.ask(heard(request));
    await condition(() => (answer ??= answerTo(state, request.id)) !== undefined);
    return answer!;
  };

  whenReset(() => push({ type: 'reset' }));
  const tell = (ignored: Ignored) =>
    push({ type: 'ignored', count: ignored.count, reason: inWords(ignored) });
  tellOfIgnored(tell);

  return {
    take: () => messages.shift(),
    get waiting() {
      return messages.length > 0;
    },
    hearing() {
      const before = queue.ids;
      return () => !before.some((id) => queue.has(id));
    },
    push,
    closes: () => closing.begin() && judging.idle,
    reopen: () => closing.end(),
    settle() {
      settle(true);
      const ignored = takeIgnored();
      if (ignored) tell(ignored);
    },
    left() {
      queue.turnAway(takeTurnedAwayAtTheDoor());
      const ignored = takeIgnored();
      return { ...queue.carry(bytesOf), ...(ignored && { ignored }) };
    },
    listeners: {
      refuses: ({ type }) => (judging.closing || (room.isSpent() && !safer.has(type)) ? askAgain : undefined),
      updates: {
        // Handlers run in the workflow's own scope. Once it is cancelled they could wait for nothing.
        decide: (request) => CancellationScope.nonCancellable(() => decide(request)),
      },
      signals: {
        decide(request) {
          if (!answerTo(state, request.id)) queue.tell(heard(request), room.isScarce());
        },
        evidence(given) {
          const evidence = believed(given, thisRun().firstExecutionRunId);
          if (evidence) push({ type: 'evidence', ...evidence });
          else ignore('signal evidence: it does not come from who watches this rollout');
        },
        blind: (blind) => push({ type: 'blind', ...blind }),
        lock: (answer) => push({ type: 'lock', answer }),
      },
    },
  };
}
