import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { useAgent } from 'request-filtering-agent';
import { answersWithin, Undeliverable } from './channel.js';

/** Where and how something is posted. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** An address in a private network is refused unless this is set, also one that a name resolves to. */
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

/** Answers that say that the same again would be answered the same; 408 and 429 ask for another try. */
const isFinal = (status: number) => status >= 300 && status < 500 && status !== 408 && status !== 429;

/**
 * Posts once; follows no redirect, for that would take a secret elsewhere. Of the answer only the status is read.
 *
 * @throws Undeliverable for an answer, or an address, with which trying again cannot help
 */
export async function post({ url, headers, body, allowPrivate, signal }: Post): Promise<void> {
  const { status, after } = await answerTo(url, headers, body, allowPrivate, signal);
  if (status >= 200 && status < 300) return;
  const text = `${new URL(url).host} answered ${status}${after === undefined ? '' : `, and asks to wait ${after} s`}`;
  throw isFinal(status) ? new Undeliverable(text) : new Error(text);
}

interface Answer {
  readonly status: number;
  /** What it said of when to try again. */
  readonly after: string | undefined;
}

function answerTo(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  allowPrivate: boolean,
  signal: AbortSignal,
): Promise<Answer> {
  const send = new URL(url).protocol === 'https:' ? requestHttps : requestHttp;
  const agent = useAgent(url, { allowPrivateIPAddress: allowPrivate, allowMetaIPAddress: false });
  return new Promise((done, fail) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(answersWithin)]);
    const options = { method: 'POST', agent, signal: within, headers: { ...headers } };
    const request = send(url, options, (response: IncomingMessage) => {
      response.resume();
      done({ status: response.statusCode ?? 0, after: response.headers['retry-after'] });
    });
    request.on('error', (error) => fail(inWords(error, url)));
    request.end(body);
  });
}

function inWords(error: Error, url: string): Error {
  const { host } = new URL(url);
  if (/is not allowed/.test(error.message)) {
    return new Undeliverable(
      `${host} is an address in a private network: set allowPrivate, if that is meant`,
    );
  }
  const why =
    error.name === 'TimeoutError' ? `did not answer within ${answersWithin / 1_000} s` : error.message;
  return new Error(`${host}: ${why}`);
}
