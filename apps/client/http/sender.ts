import { Refusal } from '../../../src/engine/base/errors.js';
import type { Transport } from './transport.js';

/** Who asks, as the server knows them. */
export interface Identity {
  readonly name: string;
  readonly kind: 'person' | 'service';
  readonly groups: readonly string[];
  readonly proof: 'name' | 'token' | 'oidc';
  /** The one environment that the server is for. */
  readonly environment: string;
  readonly scopes?: readonly string[];
  readonly expires?: string;
}

/** Who sends, and to which environment: asked once, when it is needed first. */
export class Sender {
  #asked: Promise<Identity> | undefined;

  readonly #transport: Transport;
  readonly #address: string;

  constructor(transport: Transport, address: string) {
    this.#transport = transport;
    this.#address = address;
  }

  identity(): Promise<Identity> {
    this.#asked ??= this.#transport.get<Identity>('/v1/whoami');
    return this.#asked;
  }

  /** Who decides is who was proved. Throws `Refusal` when somebody else is named. */
  async person(given: string | undefined): Promise<string> {
    const { name } = await this.identity();
    if (given === undefined || given === name) return name;
    const fix = `leave --as out, or sign in as ${given}`;
    throw new Refusal(`--as ${given}`, `is not who asks ${this.#address}: that is ${name}`, fix);
  }

  /** The server's environment. Throws `Refusal` when another one is named. */
  async environment(given: string | undefined): Promise<string> {
    const { environment } = await this.identity();
    if (given === undefined || given === environment) return environment;
    const fix = `leave --env out, or name the server of ${given}`;
    throw new Refusal(
      `environment ${given}`,
      `is not that of ${this.#address}, which is ${environment}`,
      fix,
    );
  }

  /** A key belongs to whoever sends it: the same one of somebody else is another decision. */
  async decisionId(key: string): Promise<string> {
    return `${(await this.identity()).name}/${key}`;
  }

  /** The key that an id was made of. */
  async keyOf(id: string): Promise<string> {
    const own = `${(await this.identity()).name}/`;
    return id.startsWith(own) ? id.slice(own.length) : id;
  }
}
