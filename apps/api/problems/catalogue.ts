/** Every problem that this API tells of. The name is the end of its `type`, which never changes its meaning. */
export const problems = {
  'invalid-request': { status: 400, title: 'The request cannot be understood' },
  'unknown-host': { status: 400, title: 'This server does not answer under that host name' },
  unauthenticated: { status: 401, title: 'It is not known who asks' },
  forbidden: { status: 403, title: 'Whoever asks may not do that' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This address has another method' },
  'not-acceptable': { status: 406, title: 'It can be answered in another format only' },
  refused: { status: 409, title: 'It is refused in this state' },
  'exists-already': { status: 409, title: 'There is one of that name' },
  'under-way': { status: 409, title: 'The same request is under way' },
  stale: { status: 412, title: 'It is about something that is not open any more' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The request is not JSON' },
  unprocessable: { status: 422, title: 'The request says something that cannot be' },
  'key-reused': { status: 422, title: 'The key stands for another request' },
  'precondition-required': { status: 428, title: 'It has to be said what it is about' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  unexpected: { status: 500, title: 'Something went wrong here' },
  unreachable: { status: 503, title: 'Temporal, a worker or the records cannot be reached' },
  'not-answered': { status: 503, title: 'It was sent, and not answered in time' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemName = keyof typeof problems;

/** The stable name of a problem, as `type` has it. */
export function typeOf(name: ProblemName): string {
  return `urn:switchback:problem:${name}`;
}

/** A request that is not carried out: what, why, and what to do about it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly problem: ProblemName,
    readonly what: string,
    readonly why: string,
    readonly fix: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${what}: ${why}; ${fix}`);
  }
}
