import type { Scrape } from '../../src/analysis/arms.js';
import type { SourceError } from '../../src/analysis/sight.js';
import { BadAnswer } from '../metrics/bad-answer.js';
import type { MetricsSource } from '../metrics/ports.js';

/** A source with what it said lately. It outlives an attempt of the activity, so that a new one begins with evidence. */
export class MeasuredSource {
  #scrapes: readonly Scrape[] = [];
  #lastError: SourceError | undefined;
  #inFlight: Promise<void> | undefined;
  /** The time, in milliseconds since the epoch, over which all is known that a source with a history could tell. */
  #known = { from: Infinity, to: -Infinity };

  constructor(private readonly source: MetricsSource) {}

  /** Oldest first. */
  get scrapes(): readonly Scrape[] {
    return this.#scrapes;
  }

  /** Why the newest attempt failed, if it did. */
  get lastError(): SourceError | undefined {
    return this.#lastError;
  }

  /**
   * Scrapes once, or joins the scrape that is under way; never rejects. A source with a history is asked for the last
   * `span` milliseconds at once, in steps of `step`, when it has not been asked for them yet or not for half of them.
   */
  measure(signal: AbortSignal, span: number, step: number): Promise<void> {
    this.#inFlight ??= this.#measure(signal, span, step).finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }

  /** Forgets what is older than `span` milliseconds, except the newest scrape: its age is worth telling. */
  forget(span: number, now: number): void {
    const newest = this.#scrapes.at(-1);
    this.#scrapes = this.#scrapes.filter((scrape) => scrape === newest || now - scrape.at <= span);
  }

  async #measure(signal: AbortSignal, span: number, step: number): Promise<void> {
    try {
      this.#scrapes = await this.#read(signal, span, step);
      this.#lastError = undefined;
    } catch (error) {
      // Cut short by us: that says nothing about the source.
      if (!signal.aborted) this.#lastError = toSourceError(error);
    }
  }

  async #read(signal: AbortSignal, span: number, step: number): Promise<readonly Scrape[]> {
    const now = Date.now();
    const from = now - span;
    const unknown = from < this.#known.from || now - this.#known.to > span / 2;
    if (this.source.history !== undefined && unknown) {
      const scrapes = await this.source.history(from, step, signal);
      this.#known = { from, to: now };
      return scrapes;
    }
    const scrape = await this.source.scrape(signal);
    this.#known = { ...this.#known, to: now };
    // A source that is not asked anew each time says more of the same moment: the later answer holds.
    return [...this.#scrapes.filter(({ at }) => at !== scrape.at), scrape].sort((a, b) => a.at - b.at);
  }
}

/** A source that the environment does not have: whoever asks for it hears so. */
export function unknownSource(name: string, known: readonly string[]): MetricsSource {
  const has = known.length === 0 ? 'no sources' : `the sources ${known.join(', ')}`;
  return {
    scrape: () =>
      Promise.reject(
        new BadAnswer(`"${name}"`, 'is not a source of this environment', `it has ${has}: name one of them`),
      ),
  };
}

function toSourceError(error: unknown): SourceError {
  if (!(error instanceof Error)) return { message: String(error) };
  return 'badAnswer' in error && error.badAnswer === true
    ? { message: error.message, badAnswer: true }
    : { message: error.message };
}
