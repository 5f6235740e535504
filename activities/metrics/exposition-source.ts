import type { Scrape } from '../../src/analysis/arms.js';
import { span } from '../../src/analysis/words.js';
import { BadAnswer, describeBody } from './bad-answer.js';
import { together } from './clocks.js';
import { MalformedLine, parseExposition, type Exposition, type Sample } from './exposition.js';
import { fetchText, refuseAddress, unreadable, withoutQuery, type Answer } from './http.js';
import { Search, type Catalogue } from './missing.js';
import type { MetricsSource } from './ports.js';
import { having, seriesOf, sumByArm, type ArmMetrics } from './sum-by-arm.js';

/** Where an exposition is found and what is read from it. */
export interface ExpositionOptions extends ArmMetrics {
  /** Such as `http://shop:8080/metrics`: one process, or an endpoint that sums several. */
  readonly url: string;
  /** Milliseconds until an answer is given up; 5 s when absent. */
  readonly timeout?: number;
}

const meant = 'it must be the address of a Prometheus text exposition, usually ending in /metrics';

/** A source that reads a Prometheus text exposition over HTTP. Throws `Refusal` when `url` is no HTTP address. */
export function expositionSource(options: ExpositionOptions): MetricsSource {
  const { url, timeout = 5_000 } = options;
  refuseAddress(url, 'http://host:port/metrics');
  const source = withoutQuery(url);
  const headers = { accept: 'text/plain;version=0.0.4' };
  const { requests, buckets, sum } = seriesOf(options);
  const wanted = new Set([requests, buckets, sum]);
  const search = new Search(options, source);
  return {
    async scrape(signal): Promise<Scrape> {
      const asked = Date.now();
      const answer = await fetchText({ source, url, headers, timeout, redirect: 'follow' }, signal);
      const exposition = parse(source, answer, wanted);
      const arms = sumByArm(exposition, options, source);
      const missing = search.open ? await search.look(catalogueOf(exposition)) : [];
      const at = measuredAt(source, exposition.samples, asked);
      return {
        at,
        arms,
        ...(at < asked && { stamped: true }),
        ...(missing.length > 0 && { missing }),
        ...(answer.clockAhead !== undefined && { clockAhead: answer.clockAhead }),
      };
    },
  };
}

function parse(source: string, answer: Answer, wanted: ReadonlySet<string>): Exposition {
  const { type, text, sentTo } = answer;
  const where = sentTo === undefined ? '' : `sends us to ${sentTo}, which `;
  if (text.trim() === '') throw unreadable(source, `it ${where}answers with nothing`);
  if (/html|json/i.test(type) || /^\s*[<[{]/.test(text)) {
    throw new BadAnswer(source, `${where}answers with ${describeBody(type, text)}`, meant);
  }
  const exposition = readLines(source, answer, wanted);
  if (wanted.has(exposition.cutOff ?? '')) {
    const rule = 'the format ends each line with a line feed, so it may have been cut off';
    throw unreadable(source, `its answer ends in the middle of ${exposition.cutOff}: ${rule}`);
  }
  return exposition;
}

function readLines(source: string, { type, text }: Answer, wanted: ReadonlySet<string>): Exposition {
  try {
    return parseExposition(text, { wanted, openMetrics: /openmetrics/i.test(type) });
  } catch (error) {
    if (!(error instanceof MalformedLine)) throw error;
    throw new BadAnswer(source, `answers with ${type} that is not an exposition (${error.message})`, meant);
  }
}

/** The oldest of the times that the samples bear: an exposition that has not been renewed says nothing about now. */
function measuredAt(source: string, samples: readonly Sample[], asked: number): number {
  const times = samples.flatMap(({ at }) => at ?? []);
  const newest = Math.max(asked, ...times);
  if (newest - asked > together) {
    const came = `has samples from ${span(newest - asked)} ahead of this worker's clock`;
    throw new BadAnswer(source, came, 'set both clocks by the same time');
  }
  return Math.min(asked, ...times);
}

function catalogueOf({ samples }: Exposition): Catalogue {
  const of = (metric: string) => samples.filter(({ name }) => name === metric);
  return {
    has: (metric, labels) => Promise.resolve(of(metric).some(having(labels))),
    values: (metric, label) =>
      Promise.resolve([...new Set(of(metric).flatMap(({ labels }) => labels.get(label) ?? []))]),
  };
}
