import { environmentOf, readConfiguration, type Environment } from './config.js';

/** Milliseconds after which the file is read again. Somebody who left, and a key that leaked, count no longer than that. */
const readAgainAfter = 15_000;

/** Milliseconds between two looks of whoever does not ask: who was taken out has lost it soon, also on an open stream. */
const lookEvery = 10_000;

/** The sections that say who is who and who may do what: only they are read again while a program runs. */
type Policy = Pick<Environment, 'principals' | 'delegations' | 'identity' | 'policy'>;

/** What the file says now, or last said when it could be read. */
export interface Current {
  readonly environment: Environment;
  /** Why the file as it is now does not count, and since when, in Unix ms; undefined while it does. */
  readonly stale?: { readonly since: number; readonly because: string };
}

/** In words, for a journal. */
export function inWords({ since, because }: NonNullable<Current['stale']>): string {
  return `as it was before ${new Date(since).toISOString()}: ${because}`;
}

/** An environment whose policy is read again from its file, by whoever asks, and not more often than it has to be. */
export class RereadEnvironment {
  #last: Current;
  #readAt: number;
  #reading: Promise<void> | undefined;

  readonly #file: string;
  readonly #name: string;
  readonly #tell: (text: string) => void;
  readonly #clock: () => number;

  /** @param tell receives in words that the file is broken, and that it can be read again */
  constructor(
    file: string,
    name: string,
    first: Environment,
    tell: (text: string) => void,
    clock: () => number = Date.now,
  ) {
    this.#file = file;
    this.#name = name;
    this.#tell = tell;
    this.#clock = clock;
    this.#last = { environment: first };
    this.#readAt = clock();
  }

  /** Reads it for the first time. Throws `Refusal` when the file is wrong; later that changes nothing, and is told. */
  static async open(file: string, name: string, tell: (text: string) => void): Promise<RereadEnvironment> {
    return new RereadEnvironment(file, name, environmentOf(await readConfiguration(file), name), tell);
  }

  /** The environment as it was read last, for those who cannot wait: see `keepUp`. */
  get last(): Current {
    return this.#last;
  }

  /** Reads it again by itself, until the answer is called. */
  keepUp(): () => void {
    const timer = setInterval(() => void this.current(), lookEvery);
    return () => clearInterval(timer);
  }

  /** The environment as of now. Never throws: a file that is just being written, or broken, takes nobody's right away. */
  async current(): Promise<Current> {
    if (this.#clock() - this.#readAt >= readAgainAfter) {
      this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
      await this.#reading;
    }
    return this.#last;
  }

  async #read(): Promise<void> {
    const { environment, stale } = this.#last;
    try {
      const read = environmentOf(await readConfiguration(this.#file), this.#name);
      if (read.kind !== environment.kind) throw new Error(`kind: it was ${environment.kind} when this began`);
      this.#last = { environment: withPolicyOf(environment, read) };
      if (stale) this.#tell(`the policy of ${this.#name} is as the configuration says again`);
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      this.#last = { environment, stale: { since: stale?.since ?? this.#clock(), because } };
      if (stale?.because !== because)
        this.#tell(`WARNING  the policy of ${this.#name} stays as it was: ${because}`);
    } finally {
      this.#readAt = this.#clock();
    }
  }
}

function withPolicyOf(
  { principals: _1, delegations: _2, identity: _3, policy: _4, ...rest }: Environment,
  { principals, delegations, identity, policy }: Policy,
): Environment {
  return {
    ...rest,
    ...(principals && { principals }),
    ...(delegations && { delegations }),
    ...(identity && { identity }),
    ...(policy && { policy }),
  };
}
