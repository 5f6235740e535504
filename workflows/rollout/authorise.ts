import { proxyActivities } from '@temporalio/workflow';
import type { Place } from '../../src/engine/decide/decision-queue.js';
import type { Authorisation, Authorising, Heard } from '../../src/protocol/decisions.js';
import type { RolloutState } from '../../src/engine/state/state.js';
import type { DecisionRequest, Message } from '../../src/engine/state/messages.js';
import { refusedTogether } from '../doors/refused.js';
import { thisRun } from '../sdk/run.js';

interface Directory {
  authorise(input: Authorising): Promise<readonly Authorisation[]>;
}

const { authorise } = proxyActivities<Directory>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '2s' },
});

/** Finds out who takes these decisions, all at once: what reaches the rollout of each. */
export async function authoriseAll(
  {
    environment,
    rollout,
    fromFile,
    startedBy,
    askedFor,
  }: Pick<RolloutState, 'environment' | 'rollout' | 'fromFile' | 'startedBy' | 'askedFor'>,
  turn: readonly Place<DecisionRequest & Heard>[],
): Promise<readonly Message[]> {
  const requests = turn.map(({ request }) => request);
  const firstRun = thisRun().firstExecutionRunId;
  const answers = await authorise({
    environment,
    requests,
    rollout,
    firstRun,
    startedBy,
    ...(fromFile && { fromFile }),
    ...(askedFor !== undefined && { askedFor }),
  }).catch((error: unknown) => {
    const refused = `who decided could not be found out: ${error instanceof Error ? error.message : String(error)}`;
    return requests.map(() => ({ refused }));
  });
  return messagesOf(turn, answers);
}

/** In the order of the turn, but for those who are refused together. */
function messagesOf(
  turn: readonly Place<DecisionRequest & Heard>[],
  answers: readonly Authorisation[],
): readonly Message[] {
  const judged = turn.map((place, index) => ({
    place,
    answer: answers[index] ?? { refused: 'not answered' },
  }));
  const strangers = judged.filter(({ answer }) => 'refused' in answer);
  const { apart, together } = refusedTogether(strangers, ({ place }) => place);
  const messages = judged.flatMap((one) =>
    'principal' in one.answer || apart.includes(one) ? [messageOf(one.place, one.answer)] : [],
  );
  return together ? [...messages, together] : messages;
}

function messageOf({ request }: Place<DecisionRequest & Heard>, answer: Authorisation): Message {
  if ('principal' in answer) {
    // What nobody has checked is not kept as if somebody had.
    const { signed, heardAt: _heardAt, ...said } = request;
    const { principal: by, seen, starters, olderPolicy, signed: counts } = answer;
    return {
      ...said,
      by,
      ...(counts && signed !== undefined && { signed }),
      ...(seen !== undefined && { seen }),
      ...(starters && { starters }),
      ...(olderPolicy !== undefined && { olderPolicy }),
    };
  }
  return { type: 'unauthorised', id: request.id, by: request.by, reason: answer.refused };
}
