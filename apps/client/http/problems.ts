import { NoAnswer, Unreachable } from '../../../activities/temporal/failures.js';
import { Refusal } from '../../../src/engine/base/errors.js';

/** What a server says of a request that it did not carry out (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** A refusal that came from a server. */
export class RefusedByServer extends Refusal {
  constructor(readonly problem: Problem) {
    super(problem.what, problem.why, fixOf(problem));
  }

  /** Whether it is of this type: the end of the URN, which never changes its meaning. */
  is(name: string): boolean {
    return this.problem.type === `urn:switchback:problem:${name}`;
  }
}

/** A problem as what the commands know: refused, unreachable, not answered, or a fault of the server. */
export function errorOf(problem: Problem): Error {
  const refusal = new RefusedByServer(problem);
  if (refusal.is('unreachable')) return new Unreachable(problem.why);
  if (refusal.is('not-answered')) return new NoAnswer(problem.why);
  if (refusal.is('too-many-requests')) return new Unreachable(problem.detail);
  return problem.status >= 500 ? new Error(problem.detail) : refusal;
}

/** The problem in an answer; undefined when it is none of this API. */
export function problemIn(body: unknown): Problem | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const members = ['type', 'detail', 'what', 'why', 'fix'] as const;
  const isOurs = members.every((name) => typeof (body as Record<string, unknown>)[name] === 'string');
  return isOurs ? (body as Problem) : undefined;
}

function fixOf({ status, fix }: Problem): string {
  return status === 401 ? 'sign in with "switchback login", or set SWITCHBACK_TOKEN' : fix;
}
