import { Refusal } from '../../src/engine/base/errors.js';

/** How to ask an application which arm it gives to whom. */
export interface ObserveOptions {
  /** Where the application answers: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** One address for each number from `from` to `to`, with `{n}` in place of the number. */
  readonly paths: { readonly template: string; readonly from: number; readonly to: number };
  /** The response header that names the arm; `x-arm` when absent. */
  readonly header?: string;
  /** What the header says for each arm; `candidate` and `baseline` when absent. */
  readonly candidate?: string;
  readonly baseline?: string;
  /** How many addresses are asked, spread evenly over the range; 50 when absent. */
  readonly samples?: number;
  /** Milliseconds that one answer may take; 2000 when absent. */
  readonly timeout?: number;
}

/** The options with nothing left open. */
export interface Observation {
  readonly header: string;
  readonly candidate: string;
  readonly baseline: string;
  readonly timeout: number;
  readonly urls: readonly URL[];
}

/** Completes the options. Throws `Refusal` for what cannot be asked. */
export function readObservation(options: ObserveOptions): Observation {
  const { url, paths, header = 'x-arm', samples = 50, timeout = 2_000 } = options;
  const refuse = (rule: string, fix: string) => new Refusal(`observation of ${url}`, rule, fix);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw refuse('is not an http address', 'write one such as http://127.0.0.1:8080');
  }
  if (!paths.template.startsWith('/') || !paths.template.includes('{n}')) {
    throw refuse(
      `has the path template "${paths.template}"`,
      'begin it with / and put {n} where the number goes',
    );
  }
  const { from, to } = paths;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from > to) {
    throw refuse(`asks numbers from ${from} to ${to}`, 'write two whole numbers, the smaller first');
  }
  if (!Number.isInteger(samples) || samples < 1) throw refuse(`asks ${samples} samples`, 'ask one or more');
  const count = Math.min(samples, to - from + 1);
  const base = url.replace(/\/$/, '');
  const urls = Array.from({ length: count }, (_, index) => {
    const n = from + Math.floor((index * (to - from + 1)) / count);
    return new URL(base + paths.template.replaceAll('{n}', String(n)));
  });
  const { candidate = 'candidate', baseline = 'baseline' } = options;
  if (candidate === baseline)
    throw refuse(`calls both arms "${candidate}"`, 'name two different header values');
  return { header, candidate, baseline, timeout, urls };
}
