/** One line of an exposition: the value of a metric for a set of labels. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** What an exposition holds. */
export interface Exposition {
  readonly samples: readonly Sample[];
  /** The types that are declared, by metric: a metric may be declared before it has a sample. */
  readonly types: ReadonlyMap<string, string>;
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
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format). Timestamps are checked and
 * dropped: a source is asked for what is true now. Throws `MalformedLine` at the first line that does not fit.
 */
export function parseExposition(text: string): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line.startsWith('#')) {
      const [, keyword, name, type] = line.split(/[ \t]+/);
      if (keyword === 'TYPE' && name !== undefined && type !== undefined) types.set(name, type);
    } else if (line !== '') {
      samples.push(new LineReader(line, index + 1).sample());
    }
  }
  return { samples, types };
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n' };
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

class LineReader {
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly line: number,
  ) {}

  sample(): Sample {
    const name = this.#match(/[a-zA-Z_:][a-zA-Z0-9_:]*/y, 'a metric name');
    const labels = new Map<string, string>();
    this.#space();
    if (this.#take('{')) this.#labels(labels);
    const [value, timestamp, ...rest] = this.text
      .slice(this.#at)
      .trim()
      .split(/[ \t]+/);
    if (rest.length > 0) throw this.#fault(`there is more than a value and a timestamp: "${rest.join(' ')}"`);
    if (timestamp !== undefined && !/^[+-]?\d+$/.test(timestamp)) {
      throw this.#fault(`"${timestamp}" is not a timestamp in milliseconds`);
    }
    return { name, labels, value: this.#number(value ?? '') };
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
      if (!this.#take(',') && this.text[this.#at] !== '}') {
        throw this.#fault(`after label ${name} comes neither "," nor "}"`);
      }
    }
  }

  #quoted(label: string): string {
    if (!this.#take('"')) throw this.#fault(`the value of label ${label} is not in quotes`);
    let value = '';
    while (!this.#take('"')) {
      const character = this.text[this.#at++];
      if (character === undefined) throw this.#fault(`the value of label ${label} does not end`);
      if (character !== '\\') {
        value += character;
        continue;
      }
      const escaped = this.text[this.#at++] ?? '';
      // As Prometheus does: a backslash before any other character stands for itself.
      value += escapes[escaped] ?? `\\${escaped}`;
    }
    return value;
  }

  #number(text: string): number {
    const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
    if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
    if (/^nan$/i.test(text)) return NaN;
    if (!decimal.test(text)) throw this.#fault(`"${text}" is not a number`);
    return Number(text);
  }

  #match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw this.#fault(`${what} is expected at column ${this.#at + 1}`);
    this.#at += found.length;
    return found;
  }

  #take(character: string): boolean {
    if (this.text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    while (this.text[this.#at] === ' ' || this.text[this.#at] === '\t') this.#at += 1;
  }

  #fault(fault: string): MalformedLine {
    return new MalformedLine(this.line, fault);
  }
}
