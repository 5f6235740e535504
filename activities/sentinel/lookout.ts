import type { Client } from '@temporalio/client';
import { sentinelId, sentinelNames } from '../../src/protocol/sentinel.js';
import type { BlindSignal, RosterPage, UnwatchedSignal } from '../../src/protocol/sentinel.js';
import type { Notice } from '../../src/engine/state/values.js';
import { healthOf } from '../temporal/health.js';
import { inTime } from '../temporal/in-time.js';
import { isOpen } from '../temporal/open.js';
import { Alarm } from './alarm.js';
import { listed, type Exposed } from './exposed.js';
import type { Outage } from './outage.js';
import { pulseOf, type Pulse } from './pulse.js';
import { SentinelStanding } from './sentinel-standing.js';

const lookEvery = 2_000;
const answerWithin = 3_000;
/** Milliseconds without a sign of life after which nobody watches. */
const silentAfter = 10_000;
/** How often it is asked which rollouts there are, for the time when nobody can be asked. */
const listEvery = 20_000;
/** How many are signalled at once. */
const atOnce = 100;

/** What a lookout needs. */
export interface LookoutTools {
  readonly client: Client;
  readonly environment: string;
  readonly outage: Outage;
  /** Tells people, without Temporal. */
  notify(notice: Notice): Promise<void>;
  /** Of these rollouts those with people exposed, as the records say. */
  exposedAmong(rollouts: readonly string[]): Promise<readonly Exposed[]>;
  readonly signal: AbortSignal;
  warn(message: string, error: unknown): void;
}

/**
 * Every worker looks every few seconds whether the environment is watched, whoever watches it. When it is not, everybody
 * exposed hears `blind`: through the sentinel, or directly when that is silent, too. All that is to be said of the sentinel
 * is said from here: one trouble is one call. Ages are measured by this process's
 * own clock: those of two machines differ.
 */
export class Lookout {
  #beat: string | undefined;
  #since = performance.now();
  #said: string | undefined;
  #listedAt = Number.NEGATIVE_INFINITY;
  /** Whom the silence that lasts could not be told. */
  #untold: readonly string[] = [];
  readonly #standing: SentinelStanding;
  readonly #tools: LookoutTools;

  constructor(tools: LookoutTools) {
    this.#tools = tools;
    const { client, environment, notify } = tools;
    const health = () => this.#within(() => healthOf(client, sentinelId(environment)));
    this.#standing = new SentinelStanding({ environment, notify, health });
  }

  /** Looks until the work ends. Never rejects. */
  async run(): Promise<void> {
    const { outage, signal } = this.#tools;
    const alarm = new Alarm(signal);
    while (!signal.aborted) {
      const began = performance.now();
      try {
        const pulse = await this.#within(() => pulseOf(this.#tools.client, this.#tools.environment));
        await outage.answered();
        await this.#review(pulse);
        await this.#standing.look();
        await this.#remember();
      } catch (error) {
        if (!signal.aborted) await outage.silent(error, began);
      }
      await alarm.wait(lookEvery);
    }
  }

  #within<T>(call: () => Promise<T>, ms = answerWithin): Promise<T> {
    return inTime(this.#tools.client, this.#tools.signal, ms, call);
  }

  /** Who runs is remembered: while Temporal is silent only the records can be asked, and they keep everybody for ever. */
  async #remember(): Promise<void> {
    if (performance.now() - this.#listedAt < listEvery) return;
    this.#tools.outage.known = await this.#openRollouts();
    this.#listedAt = performance.now();
  }

  async #openRollouts(): Promise<readonly string[]> {
    const below = `rollout/${this.#tools.environment}/`;
    const query = `WorkflowType = 'rollout' AND ${isOpen} AND WorkflowId STARTS_WITH '${below}'`;
    return this.#within(async () => {
      const found: string[] = [];
      for await (const { workflowId } of this.#tools.client.workflow.list({ query, pageSize: 1_000 }))
        found.push(workflowId);
      return found;
    }, 10_000);
  }

  async #review({ sentinel, beat, reason }: Pulse): Promise<void> {
    const seen = beat ?? sentinel;
    if (seen !== this.#beat) {
      this.#beat = seen;
      this.#since = performance.now();
      this.#untold = [];
    }
    const lives = sentinel === 'running' || sentinel === 'paused';
    if (beat === undefined && lives) return;
    if (performance.now() - this.#since < silentAfter) return;
    const because = `nobody watches ${this.#tools.environment}: ${reason ?? `its sentinel does not run (${sentinel})`}`;
    // A run that takes no more signals goes on in a new one soon, which takes it.
    if (this.#said === seen) return this.#directly(this.#untold, because);
    await this.#sayBlind(seen, because, lives);
    this.#said = seen;
  }

  async #sayBlind(silence: string, reason: string, lives: boolean): Promise<void> {
    if (lives && (await this.#throughSentinel({ silence, reason }))) return;
    const rollouts = await this.#openRollouts().catch(() => this.#tools.outage.known);
    const exposed = await this.#tools.exposedAmong(rollouts);
    // One that never asked to be watched has nobody who could be silent.
    if (exposed.length === 0) return;
    await this.#directly(
      exposed.map(({ rollout }) => rollout),
      reason,
    );
    await this.#call(exposed, reason, lives);
  }

  /** Whether the sentinel has taken it, and so tells everybody. */
  async #throughSentinel(unwatched: UnwatchedSignal): Promise<boolean> {
    const sentinel = this.#tools.client.workflow.getHandle(sentinelId(this.#tools.environment));
    try {
      await this.#within(() => sentinel.signal<[UnwatchedSignal]>(sentinelNames.unwatched, unwatched));
      // A query is answered after the signals before it.
      const end = Number.MAX_SAFE_INTEGER;
      await this.#within(() => sentinel.query<RosterPage, [number]>(sentinelNames.roster, end));
      return true;
    } catch (error) {
      this.#tools.warn('the sentinel does not take that nobody watches', error);
      return false;
    }
  }

  /** Tells them, and keeps whom it could not tell. */
  async #directly(rollouts: readonly string[], reason: string): Promise<void> {
    const untold: string[] = [];
    for (let start = 0; start < rollouts.length; start += atOnce) {
      const batch = rollouts.slice(start, start + atOnce).map(async (rollout) => {
        const handle = this.#tools.client.workflow.getHandle(rollout);
        const sending = this.#within(() => handle.signal<[BlindSignal]>(sentinelNames.blind, { reason }));
        await sending.catch(() => untold.push(rollout));
      });
      await Promise.all(batch);
    }
    this.#untold = untold;
  }

  async #call(exposed: readonly Exposed[], reason: string, lives: boolean): Promise<void> {
    const { environment, notify } = this.#tools;
    this.#standing.calledOtherwise();
    const untold = this.#untold.length;
    const heard = untold === 0 ? 'They were told, and hold' : `${untold} of them could not be told`;
    const id = sentinelId(environment);
    await notify({
      rollout: id,
      urgency: 'incident',
      kind: 'blind',
      exposure: Math.max(...exposed.map(({ percent }) => percent)),
      text: `${reason}, and people have the candidate: ${listed(exposed)}. ${heard}`,
      todo: [
        lives
          ? `let the sentinel go on, when it is paused: temporal workflow unpause --workflow-id ${id}`
          : `start it again with everybody it watched: switchback repair sentinel --env ${environment}`,
        ...exposed.flatMap(({ rollout, byHand }) => byHand.map((line) => `${rollout}: ${line}`)),
      ],
    });
  }
}
