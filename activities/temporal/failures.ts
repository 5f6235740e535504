import { Refusal } from '../../src/engine/base/errors.js';

/** Temporal, or a worker that could answer, cannot be reached; the message names it and how to start it. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** It was sent and not answered: whether it took effect is unknown. The message says where to look it up. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Numbers of gRPC's status codes that are told apart here. */
const code = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;
type CodeName = keyof typeof code;

/** Whether an error, or one of its causes, is an answer of gRPC with one of these codes. */
export function hasCode(error: unknown, ...names: readonly CodeName[]): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const found = (at as { code?: unknown }).code;
    if (names.some((name) => code[name] === found)) return true;
  }
  return false;
}

/** An error of a call to Temporal in the words of its users; those that are ours already stay as they are. */
export function translate(error: unknown, server: string): unknown {
  if (!(error instanceof Error) || isOurs(error)) return error;
  if (hasCode(error, 'deadlineExceeded')) {
    return new Unreachable(`${server} does not answer in time; see whether it still runs`);
  }
  if (hasCode(error, 'unavailable', 'cancelled')) {
    return new Unreachable(`${server} does not answer (${rootMessage(error)}); see whether it still runs`);
  }
  if (hasCode(error, 'permissionDenied', 'unauthenticated')) {
    return new Refusal(server, `does not let you in (${rootMessage(error)})`, 'check the profile or API key');
  }
  if (hasCode(error, 'unimplemented')) {
    const fix = 'it may be another service: see its address and port';
    return new Unreachable(`${server} answers, but not as Temporal does (${rootMessage(error)}); ${fix}`);
  }
  if (error.name === 'NamespaceNotFoundError') {
    return new Refusal(server, rootMessage(error), 'name another namespace with TEMPORAL_NAMESPACE');
  }
  if (hasCode(error, 'invalidArgument') && /search attribute/i.test(rootMessage(error))) {
    const fix = 'start a worker of the environment once, it registers them: switchback worker --env NAME';
    return new Refusal(server, `does not know the search attributes (${rootMessage(error)})`, fix);
  }
  return error;
}

/** The innermost message: what the server itself said. */
export function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let at: Error & { readonly details?: unknown } = error;
  while (at.cause instanceof Error) at = at.cause;
  return typeof at.details === 'string' && at.details !== '' ? at.details : at.message;
}

/** By name: a runbook that is loaded brings its own copy of the engine's classes. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'Refusal';
}

function isOurs({ name }: Error): boolean {
  return ['Refusal', 'Unreachable', 'NoAnswer'].includes(name);
}
