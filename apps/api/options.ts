import type { Rate } from './limits/buckets.js';

/** How an API is to be served. */
export interface ApiOptions {
  readonly environment: string;
  /** Path of the configuration. */
  readonly config: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The address to listen at; loopback when absent. */
  readonly host?: string;
  /** Names under which requests may come, beside those of this machine. */
  readonly hostNames?: readonly string[];
  /** Temporal's address. */
  readonly address?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Requests of one token, or of one address without a valid one. */
  readonly rate?: Rate;
  /** Lines for whoever runs it: refused attempts, and faults. */
  readonly log: (line: string) => void;
}

/** A running API. */
export interface Api {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no new requests, ends streams with a last event, and waits for those under way. */
  close(): Promise<void>;
}
