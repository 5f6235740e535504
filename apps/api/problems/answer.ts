import type { Problem } from '../../client/http/wire/problem.js';
import { problems, typeOf, type ProblemError } from './catalogue.js';

export const problemType = 'application/problem+json';

/** A problem as RFC 9457 has it. */
export function problemResponse(error: ProblemError): Response {
  const { status, title } = problems[error.problem];
  const { what, why, fix } = error;
  const body: Problem = {
    type: typeOf(error.problem),
    title,
    status,
    detail: error.message,
    what,
    why,
    fix,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': problemType, ...error.headers },
  });
}
