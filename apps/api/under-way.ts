import { ProblemError, problems } from './problems/catalogue.js';
import { problemOf } from './problems/of-error.js';

const mostKept = 10_000;

/** Requests with a key of their own: each counts once. */
export interface UnderWay {
  /**
   * Does the work of a key unless somebody is at it. Throws a problem for a key that is under way, or that stood for
   * another request.
   */
  once<T>(key: string, request: string, work: () => Promise<T>): Promise<T>;
}

/**
 * What this process knows of keys: what is under way, and what the newest stood for. That a decision counts once is kept
 * by the rollout itself, also when another process is asked.
 */
export function keysUnderWay(): UnderWay {
  const underWay = new Set<string>();
  const known = new Map<string, string>();
  return {
    async once(key, request, work) {
      const before = known.get(key);
      if (before !== undefined && before !== request) throw reused();
      if (underWay.has(key)) {
        const fix = 'wait for its answer, or send it again';
        throw new ProblemError('under-way', 'this key', 'is under way', fix, { 'retry-after': '1' });
      }
      underWay.add(key);
      known.set(key, request);
      const [oldest] = known.keys();
      if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
      try {
        return await work();
      } catch (error) {
        if (nothingHappened(error)) known.delete(key);
        throw error;
      } finally {
        underWay.delete(key);
      }
    },
  };
}

/** Whether it is certain that a request was not carried out: then its key stands for nothing yet. */
function nothingHappened(error: unknown): boolean {
  const { status } = problems[problemOf(error).problem];
  return status < 500 && status !== problems.refused.status;
}

/** The key is one that stood for something else. */
export function reused(): ProblemError {
  const why = 'stands for another request already';
  return new ProblemError('key-reused', 'Idempotency-Key', why, 'use a key of its own for each request');
}
