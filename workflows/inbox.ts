import { CancellationScope, condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Answer, DecisionRequest, Message, Principal } from '../src/engine/messages.js';
import { answerTo } from '../src/engine/decisions.js';
import type { RolloutState } from '../src/engine/state.js';
import { blindSignal, decideSignal, decideUpdate, evidenceSignal, lockSignal } from './protocol.js';
import { whenReset } from './resets.js';

/** Who somebody is, or why they may not decide. */
export type Authorisation = { readonly principal: Principal } | { readonly refused: string };

interface Directory {
  authorise(input: { environment: string; request: DecisionRequest }): Promise<Authorisation>;
}

const { authorise } = proxyActivities<Directory>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '2s' },
});

/** What reaches the rollout, in the order of history. */
export interface Inbox {
  take(): Message | undefined;
  readonly waiting: boolean;
  /** Decisions that have arrived and are still being authorised: no deadline passes before them. */
  readonly authorising: ReadonlySet<string>;
  push(message: Message): void;
}

/** Listens for decisions (update and signal, one handler for both), readings and blindness. */
export function openInbox(state: RolloutState): Inbox {
  const messages: Message[] = [];
  const authorising = new Set<string>();

  async function handle(request: DecisionRequest): Promise<Answer> {
    if (!answerTo(state, request.id) && !authorising.has(request.id)) {
      authorising.add(request.id);
      const message = await messageOf(state.environment, request);
      messages.push(message);
      authorising.delete(request.id);
    }
    let answer: Answer | undefined;
    await condition(() => (answer = answerTo(state, request.id)) !== undefined);
    return answer!;
  }

  // Handlers run in the workflow's own scope. Once it is cancelled they could authorise nobody, and a signal's handler
  // that fails with the cancellation would close the workflow in the middle of its rollback.
  const shielded = (request: DecisionRequest) => CancellationScope.nonCancellable(() => handle(request));

  setHandler(decideUpdate, shielded, { validator: checkShape });
  setHandler(decideSignal, async (request) => {
    if (shapeFault(request) === undefined) await shielded(request);
  });
  setHandler(evidenceSignal, (evidence) => void messages.push({ type: 'evidence', ...evidence }));
  setHandler(blindSignal, (blind) => void messages.push({ type: 'blind', ...blind }));
  setHandler(lockSignal, (answer) => void messages.push({ type: 'lock', answer }));
  whenReset(() => void messages.push({ type: 'reset' }));

  return {
    take: () => messages.shift(),
    get waiting() {
      return messages.length > 0;
    },
    authorising,
    push: (message) => void messages.push(message),
  };
}

async function messageOf(environment: string, request: DecisionRequest): Promise<Message> {
  const refused = (reason: string): Message => ({
    type: 'unauthorised',
    id: request.id,
    by: request.by,
    reason,
  });
  try {
    const answer = await authorise({ environment, request });
    return 'principal' in answer ? { ...request, by: answer.principal } : refused(answer.refused);
  } catch (error) {
    return refused(
      `who decided could not be found out: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Shape only: whether it is allowed is judged after authorisation, in the order of history. */
function checkShape(request: DecisionRequest): void {
  const fault = shapeFault(request);
  if (fault !== undefined) throw new TypeError(fault);
}

/** What a member of a decision has to be, and how that is said. */
interface Need {
  readonly is: string;
  fits(value: unknown): boolean;
}

const text: Need = { is: 'text', fits: (value) => typeof value === 'string' };
const number: Need = { is: 'a number', fits: (value) => typeof value === 'number' };
const textOrNothing: Need = { is: 'text', fits: (value) => value === undefined || text.fits(value) };
/** A misspelt choice must not be taken for the other one. */
const oneOf = (...choices: readonly (string | undefined)[]): Need => ({
  is: `one of ${choices.filter(Boolean).join(', ')}`,
  fits: (value) => choices.includes(value as string),
});

/** What each decision needs beside its id and who decides. */
const needs: { readonly [T in DecisionRequest['type']]: Readonly<Record<string, Need>> } = {
  approve: { step: text, epoch: number, digest: text },
  reject: { step: text, epoch: number, digest: text },
  abort: {},
  pause: { exposure: oneOf('zero', undefined) },
  resume: {},
  advance: { step: text },
  extend: { step: text, ms: number },
  halt: { step: textOrNothing },
  answer: { choice: oneOf('wait', 'roll-back') },
  resolve: { choice: oneOf('retry', 'skip', 'halt'), step: textOrNothing },
};

function shapeFault(given: DecisionRequest | undefined): string | undefined {
  const request: Partial<Record<string, unknown>> = given ?? {};
  if (typeof request.id !== 'string' || request.id === '') return 'a decision needs an id';
  if (typeof request.by !== 'string' || request.by === '') return 'a decision needs the name of who decides';
  const type = String(request.type);
  if (!Object.hasOwn(needs, type)) return `a decision is one of ${Object.keys(needs).join(', ')}`;
  const members = Object.entries(needs[type as DecisionRequest['type']]);
  const wrong = members.find(([name, need]) => !need.fits(request[name]));
  return wrong && `${type} needs a ${wrong[0]}: ${wrong[1].is}`;
}
