import type { Missing } from '../../src/analysis/arms.js';
import type { Sample } from './exposition.js';
import { Misspelt, type Catalogue, type Search } from './missing.js';

/** Milliseconds between two looks into a catalogue that costs questions of its own. */
const lookEvery = 60_000;

/**
 * A search that is not repeated at each scrape. That the catalogue cannot be asked blinds nobody to what was scraped; it
 * is told like everything else that is not known.
 */
export class PacedSearch {
  #last: { readonly at: number; readonly found: readonly Missing[] | Misspelt } | undefined;
  readonly #search: Search;

  constructor(search: Search) {
    this.#search = search;
  }

  /** What is missing, besides these series, as of the last look. Throws `Misspelt` as the search does. */
  async look(
    series: readonly Pick<Sample, 'name' | 'labels'>[],
    catalogue: Catalogue,
    signal: AbortSignal,
  ): Promise<readonly Missing[]> {
    if (this.#search.see(series)) this.#last = undefined;
    if (!this.#search.open) return [];
    const now = performance.now();
    if (this.#last === undefined || now - this.#last.at >= lookEvery) {
      this.#last = { at: now, found: await this.#ask(catalogue, signal) };
    }
    const { found } = this.#last;
    if (found instanceof Misspelt) throw found;
    return found;
  }

  async #ask(catalogue: Catalogue, signal: AbortSignal): Promise<readonly Missing[] | Misspelt> {
    try {
      return await this.#search.look(catalogue);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Misspelt) return error;
      const reason = error instanceof Error ? error.message : String(error);
      const text = `which labels it has cannot be asked, so nobody knows whether it ever counts a failure: ${reason}`;
      return [{ concerns: ['error-rate'], text }];
    }
  }
}
