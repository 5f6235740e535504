/** One line of an exposition: the value of a metric for a set of labels. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  /** When it was measured, in milliseconds since the epoch, where the source says so. */
  readonly at?: number;
}

/** What an exposition holds. */
export interface Exposition {
  readonly samples: readonly Sample[];
  /** The types that are declared, by metric: a metric may be declared before it has a sample. */
  readonly types: ReadonlyMap<string, string>;
  /** Every metric that has a sample. */
  readonly names: ReadonlySet<string>;
  /** The metric of the last line, when that line does not end: its value may have been cut short. */
  readonly cutOff?: string;
}

/** How an exposition is read. */
export interface Format {
  /** The metrics whose samples are wanted; all when absent. */
  readonly wanted?: ReadonlySet<string>;
  /** OpenMetrics 1.0 instead of text format 0.0.4: times in seconds, exemplars, and a mark at the end. */
  readonly openMetrics?: boolean;
}

/** A line that does not follow the format, numbered from 1. */
export class MalformedLine extends Error {
  override readonly name = 'MalformedLine';

  constructor(
    readonly line: number,
    readonly fault: string,
  ) {
    super(`line ${line}: ${fault}`);
  }
}

/**
 * Parses Prometheus's text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format), or OpenMetrics. Throws
 * `MalformedLine` at the first line that does not fit; it quotes nothing of the line but names.
 */
export function parseExposition(text: string, { wanted, openMetrics = false }: Format = {}): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const names = new Set<string>();
  let last = '';
  const lines = text.split('\n');
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '') continue;
    last = line;
    if (line.startsWith('#')) {
      const [, keyword, name, type] = line.split(/[ \t]+/);
      if (keyword === 'TYPE' && name !== undefined && type !== undefined) types.set(name, type);
      continue;
    }
    const unwanted = wanted && nameOfUnwanted(line, wanted);
    if (unwanted !== undefined) names.add(unwanted);
    else {
      const sample = new LineReader(line, index + 1, openMetrics).sample();
      samples.push(sample);
      names.add(sample.name);
    }
  }
  if (openMetrics && last !== '# EOF') {
    throw new MalformedLine(lines.length, 'the mark "# EOF" is missing: it was cut off');
  }
  const cutOff = text.endsWith('\n') || last.startsWith('#') ? undefined : /^[^\s{]*/.exec(last)?.[0];
  return { samples, types, names, ...(cutOff && { cutOff }) };
}

const anySample =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(?:\{.*\})?[ \t]*[^\s{}]+(?:[ \t]+[+-]?[\d.]+)?(?: # .*)?$/;

/** Big expositions are mostly of others: their lines are only looked at, or reading them would hold up the worker. */
function nameOfUnwanted(line: string, wanted: ReadonlySet<string>): string | undefined {
  const name = anySample.exec(line)?.[1];
  return name !== undefined && !wanted.has(name) ? name : undefined;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n' };
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

class LineReader {
  #at = 0;
  readonly #text: string;
  readonly #line: number;
  readonly #openMetrics: boolean;

  constructor(text: string, line: number, openMetrics: boolean) {
    this.#text = text;
    this.#line = line;
    this.#openMetrics = openMetrics;
  }

  sample(): Sample {
    const name = this.#match(/[a-zA-Z_:][a-zA-Z0-9_:]*/y, 'a metric name');
    const labels = new Map<string, string>();
    this.#space();
    if (this.#take('{')) this.#labels(labels);
    const rest = this.#text.slice(this.#at);
    const [value = '', timestamp, ...more] = (this.#openMetrics ? rest.replace(/ # .*$/, '') : rest)
      .trim()
      .split(/[ \t]+/);
    if (more.length > 0) throw this.#fault('there is more than a value and a timestamp');
    const at = this.#time(timestamp);
    return { name, labels, value: this.#number(value), ...(at !== undefined && { at }) };
  }

  #time(text: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    if (this.#openMetrics && decimal.test(text)) return Math.round(Number(text) * 1_000);
    if (/^[+-]?\d+$/.test(text)) return Number(text);
    throw this.#fault(`its timestamp is not one in ${this.#openMetrics ? 'seconds' : 'milliseconds'}`);
  }

  #labels(labels: Map<string, string>): void {
    for (this.#space(); !this.#take('}'); this.#space()) {
      const name = this.#match(/[a-zA-Z_][a-zA-Z0-9_]*/y, 'a label name');
      this.#space();
      if (!this.#take('=')) throw this.#fault(`label ${name} has no "="`);
      this.#space();
      if (labels.has(name)) throw this.#fault(`label ${name} stands twice`);
      labels.set(name, this.#quoted(name));
      this.#space();
      if (!this.#take(',') && this.#text[this.#at] !== '}') {
        throw this.#fault(`after label ${name} comes neither "," nor "}"`);
      }
    }
  }

  #quoted(label: string): string {
    if (!this.#take('"')) throw this.#fault(`the value of label ${label} is not in quotes`);
    let value = '';
    while (!this.#take('"')) {
      const character = this.#text[this.#at++];
      if (character === undefined) throw this.#fault(`the value of label ${label} does not end`);
      if (character !== '\\') {
        value += character;
        continue;
      }
      const escaped = this.#text[this.#at++] ?? '';
      // As Prometheus does: a backslash before any other character stands for itself.
      value += escapes[escaped] ?? `\\${escaped}`;
    }
    return value;
  }

  #number(text: string): number {
    const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
    if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
    if (/^nan$/i.test(text)) return NaN;
    if (!decimal.test(text)) throw this.#fault('its value is not a number');
    return Number(text);
  }

  #match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.#fault(`${what} is expected at column ${this.#at + 1}`);
    this.#at += found.length;
    return found;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
  }

  #fault(fault: string): MalformedLine {
    return new MalformedLine(this.#line, fault);
  }
}
