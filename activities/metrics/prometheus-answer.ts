import { BadAnswer, describeBody } from './bad-answer.js';
import { unreadable, type Answer } from './http.js';

/** One series with its samples as they were scraped. */
export interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly samples: readonly RawSample[];
}

const longestRemark = 200;
const scheme = /\b(bearer|basic)\s+[^\s"',;&]+/gi;
const assigned =
  /\b(token|secret|password|passwd|api[-_]?key|authorization|signature)(["']?\s*[:=]\s*["']?)(?!bearer|basic)[^\s"',;&]+/gi;

interface RawSample {
  /** When Prometheus scraped it, in milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/**
 * The data of an answer, whatever it is (https://prometheus.io/docs/prometheus/latest/querying/api/). Throws
 * `BadAnswer` when it is no answer of such a server, and an error that may pass when the question failed or was answered
 * in part only: what is missing could be the failures.
 */
export function dataOf(source: string, { type, text }: Answer): unknown {
  const body = parseJson(text);
  if (!isObject(body)) throw wrong(source, `answers with ${describeBody(type, text)}`);
  if (body['status'] === 'error') {
    throw unreadable(source, `it answers ${String(body['errorType'])}: ${withoutSecrets(body['error'])}`);
  }
  const { status, data, warnings } = body;
  if (status !== 'success' || data === undefined) {
    throw wrong(source, `answers without data (${describeBody(type, text)})`);
  }
  if (warnings !== undefined && !(Array.isArray(warnings) && warnings.length === 0)) {
    throw unreadable(source, `it answers in part only: ${withoutSecrets(JSON.stringify(warnings))}`);
  }
  return data;
}

/** The series of an answer to a query for a range vector. Throws as `dataOf` does. */
export function parseSeries(source: string, answer: Answer): Series[] {
  const data = dataOf(source, answer);
  if (!isObject(data))
    throw wrong(source, `answers without data (${describeBody(answer.type, answer.text)})`);
  const { resultType, result } = data;
  if (resultType !== 'matrix' || !Array.isArray(result)) {
    throw wrong(source, `answers with a ${String(resultType)} instead of a matrix`);
  }
  return result.map((entry: unknown, index) => {
    const series = readSeries(entry);
    if (series === undefined) throw wrong(source, `has a series that is none, number ${index + 1}`);
    return series;
  });
}

function wrong(source: string, came: string): BadAnswer {
  return new BadAnswer(source, came, "it must be the address of a server with Prometheus's HTTP API");
}

/** What a server says of a problem is worth telling, but for what looks like a credential, and not at any length. */
function withoutSecrets(said: unknown): string {
  const hidden = String(said).replace(scheme, '$1 ***').replace(assigned, '$1$2***');
  return hidden.length > longestRemark ? `${hidden.slice(0, longestRemark)}...` : hidden;
}

function readSeries(entry: unknown): Series | undefined {
  if (!isObject(entry) || !isObject(entry['metric']) || !Array.isArray(entry['values'])) return undefined;
  const { __name__: name, ...others } = entry['metric'];
  const labels = Object.entries(others);
  const samples = entry['values'].map(readSample);
  if (typeof name !== 'string' || !labels.every(isText) || !samples.every(isSample)) return undefined;
  return { name, labels: new Map(labels), samples };
}

function readSample(pair: unknown): RawSample | undefined {
  if (!Array.isArray(pair)) return undefined;
  const [seconds, text] = pair as unknown[];
  if (typeof seconds !== 'number' || typeof text !== 'string' || text.trim() === '') return undefined;
  return { at: Math.round(seconds * 1_000), value: Number(text.replace(/inf$/i, 'Infinity')) };
}

function isSample(sample: RawSample | undefined): sample is RawSample {
  return sample !== undefined;
}

function isText(label: [string, unknown]): label is [string, string] {
  return typeof label[1] === 'string';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
