import type { Scrape } from '../../src/analysis/arms.js';
import type { SourceError } from '../../src/analysis/sight.js';
import { BadAnswer } from '../metrics/bad-answer.js';
import type { MetricsSource } from '../metrics/ports.js';

/** A source with what it said lately. It outlives an attempt of the activity, so that a new one begins with evidence. */
export class MeasuredSource {
  #scrapes: readonly Scrape[] = [];
  #lastError: SourceError | undefined;
  #inFlight: Promise<void> | undefined;

  constructor(private readonly source: MetricsSource) {}

  /** Oldest first. */
  get scrapes(): readonly Scrape[] {
    return this.#scrapes;
  }

  /** Why the newest attempt failed, if it did. */
  get lastError(): SourceError | undefined {
    return this.#lastError;
  }

  /** Scrapes once, or joins the scrape that is under way. Never rejects. */
  measure(signal: AbortSignal): Promise<void> {
    this.#inFlight ??= this.#scrape(signal).finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }

  /** Forgets what is older than `span` milliseconds, except the newest scrape: its age is worth telling. */
  forget(span: number, now: number): void {
    const newest = this.#scrapes.at(-1);
    this.#scrapes = this.#scrapes.filter((scrape) => scrape === newest || now - scrape.at <= span);
  }

  async #scrape(signal: AbortSignal): Promise<void> {
    try {
      const scrape = await this.source.scrape(signal);
      this.#scrapes = [...this.#scrapes, scrape].sort((a, b) => a.at - b.at);
      this.#lastError = undefined;
    } catch (error) {
      // Cut short by us: that says nothing about the source.
      if (!signal.aborted) this.#lastError = toSourceError(error);
    }
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
