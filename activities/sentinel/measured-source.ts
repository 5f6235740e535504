import type { Scrape } from '../../src/analysis/arms.js';
import type { SourceError } from '../../src/analysis/sight.js';
import { span as inWords } from '../../src/analysis/words.js';
import { BadAnswer } from '../metrics/bad-answer.js';
import type { MetricsSource } from '../metrics/ports.js';

/** Milliseconds that an answer may take before its slowness is worth telling. */
const slow = 1_000;

/** A source with what it said lately. It outlives an attempt of the activity, so that a new one begins with evidence. */
export class MeasuredSource {
  #scrapes: readonly Scrape[] = [];
  #lastError: SourceError | undefined;
  #inFlight: Promise<void> | undefined;
  /** When the question under way was asked, on the clock that nobody sets. */
  #askedAt: number | undefined;
  /** The time, on the clock that nobody sets, over which all is known that a source with a history could tell. */
  #known = { from: Infinity, to: -Infinity };
  readonly #source: MetricsSource;

  constructor(source: MetricsSource) {
    this.#source = source;
  }

  /** Oldest first. */
  get scrapes(): readonly Scrape[] {
    return this.#scrapes;
  }

  /** Why the newest attempt failed, if it did; and how slow the source is, when it has been asked and is silent. */
  get lastError(): SourceError | undefined {
    const silent = this.#askedAt === undefined ? 0 : performance.now() - this.#askedAt;
    if (silent < slow) return this.#lastError;
    const message = `it was asked ${inWords(silent)} ago and has not answered yet`;
    const before = this.#lastError;
    return before === undefined
      ? { message, at: Date.now() }
      : { ...before, message: `${message}; before, ${before.message}` };
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
    this.#askedAt = performance.now();
    try {
      this.#scrapes = await this.#read(signal, span, step);
      this.#lastError = undefined;
    } catch (error) {
      // Cut short by us: that says nothing about the source.
      if (!signal.aborted) this.#lastError = toSourceError(error);
    } finally {
      this.#askedAt = undefined;
    }
  }

  async #read(signal: AbortSignal, span: number, step: number): Promise<readonly Scrape[]> {
    const now = performance.now();
    const from = now - span;
    const unknown = from < this.#known.from || now - this.#known.to > span / 2;
    if (this.#source.history !== undefined && unknown) {
      const scrapes = await this.#source.history(Date.now() - span, step, signal);
      this.#known = { from, to: now };
      return scrapes;
    }
    const scraped = await this.#source.scrape(signal);
    const took = performance.now() - now;
    const scrape = took < slow ? scraped : { ...scraped, took };
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
  const at = Date.now();
  if (!(error instanceof Error)) return { message: String(error), at };
  return 'badAnswer' in error && error.badAnswer === true
    ? { message: error.message, at, badAnswer: true }
    : { message: error.message, at };
}
