import type { RosterPage } from '../../src/protocol/sentinel.js';
import { isEvidence } from '../../src/analysis/coverage.js';
import type { Guard } from '../../src/engine/plan/plan.js';
import type { EvidenceLog } from './evidence-log.js';
import type { EvidenceWriter } from './evidence-writer.js';
import type { MeasuredSource } from './measured-source.js';
import type { Outbox } from './outbox.js';
import type { RaisedOrphans } from './raised-orphans.js';
import { ExposureWatch, type LookAt } from './exposure-watch.js';
import { Alarm } from './alarm.js';
import { SharedReadings } from './shared-readings.js';
import type { AlreadyTold } from './already-told.js';
import { Watchlist } from './watchlist.js';
import type { GuardReading } from '../../src/engine/state/values.js';
import type { Watched } from '../../src/protocol/subscriptions.js';

/** How often the sentinel's workflow is asked who is to be watched, in milliseconds. */
const askEvery = 1_000;
/** No interval is shorter than this: a plan cannot make the sentinel spin. */
const shortestTick = 10;

/** What an attempt of the activity works with. */
export interface WatchTools {
  /** What changed in who is to be watched after a version, from 0. */
  ask(sinceVersion: number): Promise<RosterPage>;
  source(name: string): MeasuredSource;
  readonly log: EvidenceLog;
  readonly writer: EvidenceWriter;
  readonly outbox: Outbox;
  readonly lookAt: LookAt;
  readonly orphans: RaisedOrphans;
  readonly told: AlreadyTold;
  /** Milliseconds without subscribers after which watching ends. */
  readonly idleAfter: number;
  /** Milliseconds that the store may refuse readings until none of them passes. */
  readonly unkeptAfter: number;
  readonly signal: AbortSignal;
  warn(message: string, error: unknown): void;
}

/**
 * Watches an environment: one loop for each source in use, one that looks at what is exposed, and one that asks who is to
 * be watched.
 */
export class EnvironmentWatch {
  readonly list: Watchlist;
  readonly #loops = new Map<string, { alarm: Alarm; ended: Promise<void> }>();
  #version = 0;
  #blinded: number | undefined;
  readonly #tools: WatchTools;

  constructor(tools: WatchTools) {
    this.#tools = tools;
    this.list = new Watchlist(Date.now(), tools.told);
  }

  /** Stops watching a subscription, unless a newer one has taken its place. */
  drop(subscriber: Watched): void {
    this.list.drop(subscriber);
    this.#wakeUnused();
  }

  /** Watches until nobody has subscribed for a while, or until the signal aborts. Never rejects. */
  async run(): Promise<void> {
    const alarm = new Alarm(this.#tools.signal);
    const exposure = new ExposureWatch({ ...this.#tools, list: this.list });
    const looking = exposure.run();
    let idleSince: number | undefined;
    while (!this.#tools.signal.aborted) {
      try {
        await this.#ask();
        // Only an answer can say that nobody is there.
        idleSince = this.list.size > 0 ? undefined : (idleSince ?? performance.now());
        if (idleSince !== undefined && performance.now() - idleSince >= this.#tools.idleAfter) break;
      } catch (error) {
        // Those who are known stay watched.
        if (!this.#tools.signal.aborted) this.#tools.warn('the sentinel did not say whom to watch', error);
      }
      await alarm.wait(Math.min(askEvery, ...[...this.#loops.keys()].map((source) => this.#tickOf(source))));
    }
    exposure.stop();
    await Promise.all([looking, ...[...this.#loops.values()].map(({ ended }) => ended)]);
  }

  async #ask(): Promise<void> {
    for (;;) {
      const page = await this.#tools.ask(this.#version);
      this.#version = page.version;
      if ((this.#blinded ??= page.blinded) !== page.blinded) this.list.tellAnew();
      this.#blinded = page.blinded;
      for (const source of this.list.apply(page)) this.#wake(source);
      if (!page.more) break;
    }
    this.#wakeUnused();
  }

  /** A loop without users ends when it wakes; none should sleep through a long interval first. */
  #wakeUnused(): void {
    for (const [source, { alarm }] of this.#loops) if (!this.#uses(source)) alarm.ring();
  }

  #wake(source: string): void {
    const loop = this.#loops.get(source);
    if (loop !== undefined) {
      loop.alarm.ring();
      return;
    }
    const alarm = new Alarm(this.#tools.signal);
    this.#loops.set(source, { alarm, ended: this.#watchSource(source, alarm) });
  }

  async #watchSource(name: string, alarm: Alarm): Promise<void> {
    const source = this.#tools.source(name);
    // Its own alarm: a new subscription must not cut the wait for an answer short.
    const patience = new Alarm(this.#tools.signal);
    while (!this.#tools.signal.aborted && this.#uses(name)) {
      const began = performance.now();
      const tick = this.#tickOf(name);
      // A source that hangs must not keep its guards from saying that it does.
      const waiting = patience.wait(tick);
      const measured = source.measure(this.#tools.signal, this.list.usersOf(name).span, tick);
      await Promise.race([measured.then(() => patience.ring()), waiting]);
      if (this.#tools.signal.aborted) break;
      this.#read(name, source, tick / 2);
      if (this.#uses(name)) await alarm.wait(began + this.#tickOf(name) - performance.now());
    }
    // In the same turn as the last look at who needs it: a later subscriber begins a loop of its own.
    this.#loops.delete(name);
  }

  #read(name: string, source: MeasuredSource, slack: number): void {
    const now = Date.now();
    const { watches, span } = this.list.usersOf(name);
    source.forget(span, now);
    const shared = new SharedReadings(source.scrapes, now, source.lastError);
    const made = watches.flatMap((watch) => {
      const { subscriber } = watch;
      const due = watch.due(name, now, slack);
      const readings = due.map((guard) => ({ subscriber, guard, reading: shared.read(guard, subscriber) }));
      const message =
        readings.length === 0
          ? undefined
          : watch.take(
              readings.map(({ guard, reading }) => this.#asKept(guard, reading)),
              now,
            );
      if (message !== undefined) this.#tools.outbox.post(subscriber, message);
      return readings;
    });
    this.#tools.writer.write(this.#tools.log.entriesOf(made));
  }

  /** What cannot be kept is missing when the watch is judged: better to hold now than to find that out after a day. */
  #asKept(guard: Guard, reading: GuardReading): GuardReading {
    if (reading.verdict === 'fail' || !isEvidence(guard, reading)) return reading;
    const error = this.#tools.writer.refusedFor(this.#tools.unkeptAfter);
    if (error === undefined) return reading;
    return { ...reading, verdict: 'no-evidence', reason: `its readings cannot be kept: ${error}` };
  }

  #uses(source: string): boolean {
    return this.list.usersOf(source).watches.length > 0;
  }

  /** The shortest interval of those who need the source. */
  #tickOf(source: string): number {
    const { interval } = this.list.usersOf(source);
    return interval === undefined ? askEvery : Math.max(shortestTick, interval);
  }
}
