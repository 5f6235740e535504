import { BadAnswer, excerpt } from './bad-answer.js';
import { unreadable, type Answer } from './http.js';

/** One series with its samples as they were scraped. */
export interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly samples: readonly RawSample[];
}

interface RawSample {
  /** When Prometheus scraped it, in milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/**
 * The series of an answer to a query for a range vector
 * (https://prometheus.io/docs/prometheus/latest/querying/api/#range-vectors). Throws `BadAnswer` when it is no such
 * answer, and an error that may pass when the query failed or was answered in part only: what is missing could be
 * the failures.
 */
export function parseSeries(source: string, { type, text }: Answer): Series[] {
  const wrong = (came: string) =>
    new BadAnswer(source, came, "it must be the address of a server with Prometheus's HTTP API");
  const body = parseJson(text);
  if (!isObject(body)) throw wrong(`answers with ${type}: ${excerpt(text)}`);
  if (body['status'] === 'error') {
    throw unreadable(source, `it answers ${String(body['errorType'])}: ${String(body['error'])}`);
  }
  const { status, data, warnings } = body;
  if (status !== 'success' || !isObject(data)) throw wrong(`answers without data: ${excerpt(text)}`);
  if (warnings !== undefined && !(Array.isArray(warnings) && warnings.length === 0)) {
    throw unreadable(source, `it answers in part only: ${excerpt(JSON.stringify(warnings), 200)}`);
  }
  const { resultType, result } = data;
  if (resultType !== 'matrix' || !Array.isArray(result)) {
    throw wrong(`answers with a ${String(resultType)} instead of a matrix`);
  }
  return result.map((entry: unknown) => {
    const series = readSeries(entry);
    if (series === undefined)
      throw wrong(`has a series that is none: ${excerpt(JSON.stringify(entry), 200)}`);
    return series;
  });
}

function readSeries(entry: unknown): Series | undefined {
  if (!isObject(entry) || !isObject(entry['metric']) || !Array.isArray(entry['values'])) return undefined;
  const { __name__: name, ...others } = entry['metric'];
  const labels = Object.entries(others);
  const samples = entry['values'].map(readSample);
  if (typeof name !== 'string' || !labels.every(isText) || !samples.every(isCount)) return undefined;
  return { name, labels: new Map(labels), samples };
}

function readSample(pair: unknown): RawSample | undefined {
  if (!Array.isArray(pair)) return undefined;
  const [seconds, text] = pair as unknown[];
  if (typeof seconds !== 'number' || typeof text !== 'string' || text.trim() === '') return undefined;
  return { at: Math.round(seconds * 1_000), value: Number(text) };
}

/** A counter is a finite number from zero up. Anything else, once added up, would spoil all that comes after it. */
function isCount(sample: RawSample | undefined): sample is RawSample {
  return sample !== undefined && Number.isFinite(sample.value) && sample.value >= 0;
}

function isText(label: [string, unknown]): label is [string, string] {
  return typeof label[1] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
