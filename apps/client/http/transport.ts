import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, rootMessage, Unreachable } from '../../../activities/temporal/failures.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import { errorOf, problemIn } from './problems.js';

/** Longer than a decision takes, which the server itself gives up before. */
const answerWithin = 40_000;
const examineWithin = 120_000;
/** How often a look is repeated that came too soon. */
const tries = 4;
const longestPause = 10_000;

/** A server and who asks it. */
export interface Remote {
  readonly origin: string;
  /** Sent to this origin, and to no other. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is sent beside the body. */
export interface Sending {
  readonly body?: unknown;
  /** The key under which it counts once. */
  readonly key?: string | undefined;
  /** What it is about: it is refused when that is not open any more. */
  readonly tag?: string | undefined;
}

/** An answer with the tag of what it shows. */
export interface Tagged<T> {
  readonly value: T;
  readonly tag?: string;
}

/** Requests to one server. Errors are those of `RolloutClient`. */
export class Transport {
  readonly #remote: Remote;

  constructor(remote: Remote) {
    this.#remote = remote;
  }

  async get<T>(path: string): Promise<T> {
    return (await this.getTagged<T>(path)).value;
  }

  /** A look is repeated when there were too many: nothing is changed by it. */
  async getTagged<T>(path: string): Promise<Tagged<T>> {
    for (let left = tries; ; left--) {
      const response = await this.#send('GET', path, {});
      if (response.status === 429 && left > 1) await sleep(pauseOf(response));
      else return this.#read<T>(response);
    }
  }

  async post<T>(path: string, sending: Sending): Promise<T> {
    return (await this.#read<T>(await this.#send('POST', path, sending))).value;
  }

  async #send(method: 'GET' | 'POST', path: string, { body, key, tag }: Sending): Promise<Response> {
    const { origin, headers } = this.#remote;
    try {
      return await fetch(`${origin}${path}`, {
        method,
        headers: {
          accept: 'application/json, application/problem+json',
          ...headers,
          ...(method === 'POST' && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
          ...(tag !== undefined && { 'if-match': tag }),
        },
        ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
        // A redirect would take the token to a server that it was not meant for.
        redirect: 'manual',
        signal: AbortSignal.timeout(path === '/v1/doctor' ? examineWithin : answerWithin),
      });
    } catch (error) {
      throw this.#silence(method, error);
    }
  }

  async #read<T>(response: Response): Promise<Tagged<T>> {
    const { origin } = this.#remote;
    if (response.status >= 300 && response.status < 400) {
      const to = response.headers.get('location') ?? 'nowhere';
      throw new Refusal(
        origin,
        `sends elsewhere (${to}), and a token goes nowhere else`,
        'name that with --server',
      );
    }
    const body: unknown = await response.json().catch(() => undefined);
    const tag = response.headers.get('etag');
    if (response.ok && body !== undefined) return { value: body as T, ...(tag !== null && { tag }) };
    const problem = problemIn(body);
    if (problem) throw errorOf(problem);
    const fix = 'it may be another service: see its address';
    throw new Unreachable(`${origin} answers ${response.status}, but not as Switchback's API does; ${fix}`);
  }

  /** What was sent and broke off may have taken effect; what never arrived has not. */
  #silence(method: 'GET' | 'POST', error: unknown): Error {
    const { origin } = this.#remote;
    const reason =
      error instanceof Error && error.name === 'TimeoutError' ? 'in time' : `(${rootMessage(error)})`;
    if (method === 'POST' && !neverArrived(error)) {
      return new NoAnswer(
        `${origin} did not answer ${reason}; it may still take effect: look before you send it again`,
      );
    }
    return new Unreachable(
      `the API at ${origin} does not answer ${reason}; start it, or give another --server`,
    );
  }
}

function neverArrived(error: unknown): boolean {
  const code = error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(String(code));
}

function pauseOf(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 1);
  return Math.min(longestPause, Math.max(1, Number.isFinite(seconds) ? seconds : 1) * 1_000);
}
