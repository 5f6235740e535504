import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutClient } from '../../apps/client/client.js';
import type { Answer, DecisionRequest } from '../../src/engine/state/messages.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import type { Storefront } from '../support/rollouts/storefront.js';
import { again } from './normal.js';
import type { Scenario } from './scenario.js';

/** Who may approve what every plan here asks for, in the order in which they do. */
const approvers = ['ana', 'ben'];
const lookEvery = 100;

/** What a person was told of a decision, by its id; twice the same when it had to be sent twice. */
export type Answers = ReadonlyMap<string, readonly Answer[]>;

/** Plays people and world until the rollout is over. A decision that was not answered is sent again under its id. */
export class Hands {
  readonly #said = new Map<string, Answer[]>();
  readonly #tries = new Map<string, number>();
  readonly #client: RolloutClient;
  readonly #rollout: string;
  readonly #scenario: Scenario;
  readonly #shop: Storefront;

  constructor(client: RolloutClient, rollout: string, scenario: Scenario, shop: Storefront) {
    this.#client = client;
    this.#rollout = rollout;
    this.#scenario = scenario;
    this.#shop = shop;
  }

  get answers(): Answers {
    return this.#said;
  }

  /** @throws Error when it is not over at `deadline`, with where it stands */
  async untilOver(deadline: number): Promise<void> {
    let last: StatusReport | undefined;
    for (;;) {
      // Whatever keeps it from being seen now is a fault that somebody planted, and passes.
      const status = await this.#client.status(this.#rollout).catch(() => undefined);
      last = status ?? last;
      if (status?.outcome) return;
      if (Date.now() > deadline) throw new Error(`it does not end: ${last?.status ?? 'it was never seen'}`);
      if (status) await this.#react(status);
      await sleep(lookEvery);
    }
  }

  async #react(status: StatusReport): Promise<void> {
    const { ending } = this.#scenario;
    const { gate, hold, watch, unwinding } = status;
    if (ending.type === 'breach' && watch?.step === ending.in) this.#shop.failing = 0.5;
    if (!gate || hold || unwinding) return;
    if ((ending.type === 'abort' || ending.type === 'reject') && gate.step === ending.at) {
      await this.#decide(`${ending.type} ${gate.step}`, 'ben', status, ending.type);
      return;
    }
    const by = approvers.find((name) => !gate.approvals.some((approval) => approval.by === name));
    if (by) await this.#decide(`${gate.step} ${by}`, by, status, 'approve');
  }

  async #decide(name: string, by: string, status: StatusReport, type: 'approve' | 'reject' | 'abort') {
    const tried = this.#tries.get(name) ?? 0;
    const id = tried === 0 ? name : `${name}${again}${tried}`;
    const base = { id, by, reason: 'decided under faults' };
    const { step = '', epoch = 0 } = status.gate ?? {};
    const request: DecisionRequest =
      type === 'abort' ? { ...base, type } : { ...base, type, step, epoch, digest: status.digest };
    const answer = await this.#client.decide(this.#rollout, request).catch(() => undefined);
    if (!answer) return;
    this.#said.set(id, [...(this.#said.get(id) ?? []), answer]);
    // Refused for a hold that came in between, or voided by one later: it is decided anew, under an id of its own.
    this.#tries.set(name, tried + 1);
  }
}
