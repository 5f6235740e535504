import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, WorkflowFailedError, type Client } from '@temporalio/client';
import { Unreachable } from '../../../activities/temporal/failures.js';
import type { Records } from '../../../activities/records/records.js';
import type { RolloutClient } from '../../../apps/client/client.js';
import type { JournalEvent, JournalEventType } from '../../../src/engine/state/journal.js';
import type { Answer, DecisionRequest, Resolution } from '../../../src/engine/state/messages.js';
import type { StatusReport } from '../../../src/engine/tell/report.js';
import type { Outcome } from '../../../src/engine/state/state.js';
import type { Kind } from '../../../src/protocol/kind.js';
import { eventually } from '../eventually.js';
import { replay } from './replay.js';

/** How a rollout ended: what it says itself, and what Temporal says of its workflow. */
export interface Ended {
  readonly outcome: Outcome;
  readonly journal: readonly JournalEvent[];
  /** Temporal's name of the close status. */
  readonly closed: string;
  /** The type of the failure it closed with. */
  readonly failure?: string;
}

/** What a person decides, without what every decision carries. */
export type Choice =
  | { type: 'approve' | 'reject'; step?: string; epoch?: number; digest?: string }
  | { type: 'abort' | 'resume' | 'halt' }
  | { type: 'pause'; exposure?: 'zero' }
  | { type: 'advance' }
  | { type: 'extend'; ms: number }
  | { type: 'answer'; choice: 'wait' | 'roll-back' }
  | { type: 'resolve'; choice: Resolution };

/** The two ways in which a decision arrives. */
export type How = 'update' | 'signal';

const patience = 120_000;
const lookEvery = 100;

/** One rollout of a test. */
export class TestRollout {
  readonly #client: RolloutClient;
  readonly #temporal: Client;
  readonly #records: Records;
  readonly #kind: Kind;

  constructor(
    readonly id: string,
    readonly digest: string,
    client: RolloutClient,
    temporal: Client,
    records: Records,
    kind: Kind = 'local',
  ) {
    this.#client = client;
    this.#temporal = temporal;
    this.#records = records;
    this.#kind = kind;
  }

  status = (): Promise<StatusReport> => answered(() => this.#client.status(this.id));
  journal = (): Promise<readonly JournalEvent[]> => answered(() => this.#client.journal(this.id));

  /** Waits until the status is as wanted; a worker may be missing meanwhile. */
  async waitFor(what: string, wanted: (status: StatusReport) => boolean): Promise<StatusReport> {
    const until = Date.now() + patience;
    for (;;) {
      const status = await this.status();
      if (wanted(status)) return status;
      if (status.outcome || Date.now() > until) {
        const tail = (await this.journal()).slice(-8).map(({ type, reason }) => `${type}: ${reason}`);
        throw new Error(
          `not seen: ${what}; it is ${status.status}, and its journal ends\n${tail.join('\n')}`,
        );
      }
      await sleep(lookEvery);
    }
  }

  /** Waits for a gate to open and for nothing to hold it up. */
  waitForGate = (step: string): Promise<StatusReport> =>
    this.waitFor(`${step} open`, ({ gate, hold }) => gate?.step === step && !hold);

  /** Waits for a watch to be under way. */
  waitForWatch = (step: string): Promise<StatusReport> =>
    this.waitFor(`${step} under way`, ({ watch }) => watch?.step === step);

  /** Waits for an operator to be needed at a step. */
  waitForOperator = (step: string): Promise<StatusReport> =>
    this.waitFor(`an operator needed at ${step}`, ({ stuck }) => stuck?.step === step);

  /** Waits for an event in the journal. */
  async waitForEvent(type: JournalEventType, step?: string): Promise<JournalEvent> {
    return eventually(async () => eventOf(await this.journal(), type, step));
  }

  /** A choice about what is open now, as a request of a person. */
  async request(by: string, choice: Choice, reason = 'decided in a test'): Promise<DecisionRequest> {
    const base = { id: randomUUID(), by, reason };
    switch (choice.type) {
      case 'approve':
      case 'reject': {
        const { gate, digest } = await this.status();
        return { ...base, step: gate?.step ?? 'none', epoch: gate?.epoch ?? 0, digest, ...choice };
      }
      case 'advance':
      case 'extend':
        return { ...base, step: (await this.status()).watch?.step ?? 'none', ...choice };
      default:
        return { ...base, ...choice };
    }
  }

  /** Decides by Update. */
  async decide(by: string, choice: Choice, reason?: string): Promise<Answer> {
    return this.#client.decide(this.id, await this.request(by, choice, reason));
  }

  /** Decides by a plain Signal, which has no answer; waits until the decision stands in the journal. */
  async signal(by: string, choice: Choice): Promise<JournalEvent> {
    const request = await this.request(by, choice);
    await this.#temporal.workflow.getHandle(this.id).signal<[DecisionRequest]>('decide', request);
    for (;;) {
      const found = (await this.journal()).find(({ evidence }) => evidence?.['id'] === request.id);
      if (found) return found;
      await sleep(lookEvery);
    }
  }

  /** Decides at a gate; again when a hold came between the look and the decision, for machines stall. */
  async decideAt(step: string, by: string, choice: Choice, how: How = 'update'): Promise<Answer> {
    for (;;) {
      await this.waitForGate(step);
      const answer =
        how === 'update' ? await this.decide(by, choice) : answerIn(await this.signal(by, choice));
      if (answer.accepted) return answer;
      if (!/hold/.test(answer.reason)) throw new Error(`${by} may not decide at ${step}: ${answer.reason}`);
    }
  }

  /** Brings a gate to its opening; a hold may void what was given already, and it is given again. */
  async pass(step: string, people: Readonly<Record<string, How>>): Promise<void> {
    await this.waitForGate(step);
    for (;;) {
      const { gate, steps } = await this.status();
      if (steps.some(({ id, status }) => id === step && status === 'done')) return;
      const missing = Object.entries(people).find(
        ([name]) => !gate?.approvals.some((approval) => approval.by === name),
      );
      if (missing && gate) await this.decideAt(step, missing[0], { type: 'approve' }, missing[1]);
      else await sleep(lookEvery);
    }
  }

  /** Waits for the end. The history replays, or a worker that lost its cache could not have gone on. */
  async ended(): Promise<Ended> {
    const outcome = await this.#client.wait(this.id);
    await replay(this.#temporal, this.id, this.#kind);
    const handle = this.#temporal.workflow.getHandle(this.id);
    const failure = await handle.result().then(
      () => undefined,
      (error: unknown) => (error instanceof WorkflowFailedError ? error.cause : error),
    );
    const type = failure instanceof ApplicationFailure ? failure.type : undefined;
    return {
      outcome,
      journal: await this.journal(),
      closed: (await handle.describe()).status.name,
      ...(type && { failure: type }),
    };
  }

  /** The journal as it was exported. */
  exported = () => this.#records.journal.read(this.id);
  verifyExported = () => this.#records.journal.verify(this.id);
}

/** What is answered, at last: a busy machine may not answer in time, a worker may be away, and the answer says to ask again. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + patience; ; await sleep(lookEvery)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Unreachable) || Date.now() > until) throw error;
    }
  }
}

/** The events of a type, in order; of one step when it is named. */
export function eventsOf(
  journal: readonly JournalEvent[],
  type: JournalEventType,
  step?: string,
): JournalEvent[] {
  return journal.filter((event) => event.type === type && (step === undefined || event.step === step));
}

/** The event of a type that must be there; the first of several. */
export function eventOf(
  journal: readonly JournalEvent[],
  type: JournalEventType,
  step?: string,
): JournalEvent {
  const [found] = eventsOf(journal, type, step);
  if (found) return found;
  throw new Error(`the journal has no ${type} ${step ?? ''}`);
}

function answerIn({ reason, evidence }: JournalEvent): Answer {
  return { accepted: evidence?.['accepted'] === true, reason };
}
