import { ProblemError } from '../problems/catalogue.js';

/** How many requests are taken of one token, or of one address. */
export interface Rate {
  /** That may come at once. */
  readonly burst: number;
  /** That may come each second after those. */
  readonly perSecond: number;
}

/** Buckets by name: of a token, or of an address. */
export interface Buckets {
  /** Takes one from a bucket. Throws a problem when it is empty. */
  take(name: string): void;
}

/** Names that are remembered; of more, the one that was longest not seen begins anew. */
const mostNames = 50_000;

export function createBuckets({ burst, perSecond }: Rate, now: () => number = Date.now): Buckets {
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  return {
    take(name) {
      const { left, at } = buckets.get(name) ?? { left: burst, at: now() };
      const filled = Math.min(burst, left + ((now() - at) / 1_000) * perSecond);
      // Again at the end: the first is the one that was longest not seen.
      buckets.delete(name);
      buckets.set(name, { left: Math.max(0, filled - 1), at: now() });
      const [oldest] = buckets.keys();
      if (buckets.size > mostNames && oldest !== undefined) buckets.delete(oldest);
      if (filled < 1) throw tooMany(Math.max(1, Math.ceil((1 - filled) / perSecond)));
    },
  };
}

function tooMany(seconds: number): ProblemError {
  const headers = { 'retry-after': String(seconds) };
  return new ProblemError(
    'too-many-requests',
    'this request',
    'is one too many',
    `wait ${seconds} s`,
    headers,
  );
}
