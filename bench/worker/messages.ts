/** What the benchmark asks a worker's process, and what it answers: each request has an answer of its own type. */
export interface Answers {
  /** Begins to poll. */
  start: { type: 'started' };
  /** When applies began, by rollout and step; milliseconds since the epoch, like all times here. */
  applies: { type: 'applied'; applied: Readonly<Record<string, number>> };
  breaches: {
    type: 'breached';
    /** When exposure was taken back, by rollout. */
    restored: Readonly<Record<string, number>>;
    /** When a spoilt source was first read, by source. */
    crossed: Readonly<Record<string, number>>;
  };
  /** How many flags give somebody the candidate. */
  exposed: { type: 'counted'; flags: number };
  /** The samples since the last time this was asked. */
  samples: { type: 'sampled'; rollouts: number; gaps: readonly number[] };
  /** Bytes of heap in use after a collection. */
  heap: { type: 'heaped'; used: number };
  /** Lets the candidate fail in a source. */
  spoil: { type: 'spoilt' };
}

export type Request =
  { readonly type: Exclude<keyof Answers, 'spoil'> } | { readonly type: 'spoil'; readonly source: string };
