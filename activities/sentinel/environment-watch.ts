import type { RecordedReading } from '../../src/analysis/judge-window.js';
import { readGuard } from '../../src/analysis/read-guard.js';
import type { Roster, Subscriber } from '../../src/analysis/sentinel.js';
import type { EvidenceWriter } from './evidence-writer.js';
import type { MeasuredSource } from './measured-source.js';
import type { Outbox } from './outbox.js';
import { Alarm } from './pause.js';
import { RolloutWatch } from './rollout-watch.js';

/** How often the sentinel's workflow is asked who is to be watched, in milliseconds. */
const askEvery = 1_000;
/** No interval is shorter than this: a plan cannot make the sentinel spin. */
const shortestTick = 10;

/** What an attempt of the activity works with. */
export interface WatchTools {
  /** Who is to be watched, if that changed since the version. */
  ask(sinceVersion: number): Promise<Roster>;
  source(name: string): MeasuredSource;
  readonly writer: EvidenceWriter;
  readonly outbox: Outbox;
  /** Milliseconds without subscribers after which watching ends. */
  readonly idleAfter: number;
  readonly signal: AbortSignal;
  warn(message: string, error: unknown): void;
}

/** Watches an environment: one loop for each source in use, and one that asks who is to be watched. */
export class EnvironmentWatch {
  readonly #rollouts = new Map<string, RolloutWatch>();
  readonly #loops = new Map<string, { alarm: Alarm; ended: Promise<void> }>();
  readonly #begun = Date.now();

  constructor(private readonly tools: WatchTools) {}

  get rollouts(): readonly RolloutWatch[] {
    return [...this.#rollouts.values()];
  }

  /** Whether exactly this subscription is watched. */
  has(subscriber: Subscriber): boolean {
    return this.#rollouts.get(subscriber.rollout)?.subscriber === subscriber;
  }

  /** Stops watching a subscription, unless a newer one has taken its place. */
  drop(subscriber: Subscriber): void {
    if (!this.has(subscriber)) return;
    this.#rollouts.delete(subscriber.rollout);
    this.#wakeUnused();
  }

  /** Watches until nobody has subscribed for a while, or until the signal aborts. Never rejects. */
  async run(): Promise<void> {
    const alarm = new Alarm(this.tools.signal);
    let version = -1;
    let idleSince: number | undefined;
    while (!this.tools.signal.aborted) {
      try {
        const roster = await this.tools.ask(version);
        version = roster.version;
        if (roster.subscriptions !== undefined) this.#apply(roster.subscriptions);
        // Only an answer can say that nobody is there.
        idleSince = this.#rollouts.size > 0 ? undefined : (idleSince ?? Date.now());
        if (idleSince !== undefined && Date.now() - idleSince >= this.tools.idleAfter) break;
      } catch (error) {
        // Those who are known stay watched.
        if (!this.tools.signal.aborted) this.tools.warn('the sentinel did not say whom to watch', error);
      }
      await alarm.wait(Math.min(askEvery, this.#tickOf([...this.#loops.keys()])));
    }
    await Promise.all([...this.#loops.values()].map(({ ended }) => ended));
  }

  #apply(subscribers: readonly Subscriber[]): void {
    const wanted = new Set(subscribers.map(({ rollout }) => rollout));
    for (const rollout of this.#rollouts.keys()) if (!wanted.has(rollout)) this.#rollouts.delete(rollout);
    for (const subscriber of subscribers) {
      const known = this.#rollouts.get(subscriber.rollout)?.subscriber;
      if (known?.number === subscriber.number && known.runId === subscriber.runId) continue;
      this.#rollouts.set(subscriber.rollout, new RolloutWatch(subscriber, this.#begun));
      for (const { metric } of subscriber.guards) this.#wake(metric.source);
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
    const alarm = new Alarm(this.tools.signal);
    this.#loops.set(source, { alarm, ended: this.#watchSource(source, alarm) });
  }

  async #watchSource(name: string, alarm: Alarm): Promise<void> {
    const source = this.tools.source(name);
    // Its own alarm: a new subscription must not cut the wait for an answer short.
    const patience = new Alarm(this.tools.signal);
    while (!this.tools.signal.aborted && this.#uses(name)) {
      const began = Date.now();
      const tick = this.#tickOf([name]);
      // A source that hangs must not keep its guards from saying that it does.
      const waiting = patience.wait(tick);
      const measured = source.measure(this.tools.signal, this.#spanOf(name), tick);
      await Promise.race([measured.then(() => patience.ring()), waiting]);
      if (this.tools.signal.aborted) break;
      this.#read(name, source, tick / 2);
      if (this.#uses(name)) await alarm.wait(began + this.#tickOf([name]) - Date.now());
    }
    // In the same turn as the last look at who needs it: a later subscriber begins a loop of its own.
    this.#loops.delete(name);
  }

  #read(name: string, source: MeasuredSource, slack: number): void {
    const now = Date.now();
    source.forget(this.#spanOf(name), now);
    for (const watch of this.#rollouts.values()) {
      const { subscriber } = watch;
      const readings = watch
        .due(name, now, slack)
        .map((guard) => readGuard(guard, subscriber, source.scrapes, now, source.lastError));
      if (readings.length === 0) continue;
      const message = watch.take(readings, now);
      if (message !== undefined) this.tools.outbox.post(subscriber, message);
      const kept = readings.map((reading): RecordedReading => ({
        ...reading,
        subscription: subscriber.number,
      }));
      this.tools.writer.write(subscriber.rollout, kept);
    }
  }

  #uses(source: string): boolean {
    return this.rollouts.some((watch) => watch.guardsOf(source).length > 0);
  }

  /** The shortest interval of those who need the sources. */
  #tickOf(sources: readonly string[]): number {
    const intervals = this.#rulesOf(sources).map(({ interval }) => interval);
    return intervals.length === 0 ? askEvery : Math.max(shortestTick, Math.min(...intervals));
  }

  /** How far back the guards of a source look, with one interval more for the scrape the longest look begins with. */
  #spanOf(source: string): number {
    return Math.max(0, ...this.#rulesOf([source]).map(({ lookBack, interval }) => lookBack + 2 * interval));
  }

  #rulesOf(sources: readonly string[]) {
    const guards = this.rollouts.flatMap((watch) => sources.flatMap((source) => watch.guardsOf(source)));
    return guards.map(({ evidence }) => evidence);
  }
}
