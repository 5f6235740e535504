import type { Expressions, TableInput } from './input.js';

/** What a backfill is told. */
export interface BackfillInput extends TableInput {
  readonly key: string;
  readonly set: Expressions;
  /** Narrows the rows further: only rows whose new columns are all null are ever written. */
  readonly where?: string;
  /** Rows in a batch at most. */
  readonly batch: number;
}
