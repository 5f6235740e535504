import type { Command } from 'commander';
import type { RolloutClient } from '../client/client.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import type { Io } from './io.js';
import { paintFor, type Paint } from './paint.js';

/** What every command works with. */
export interface Context {
  readonly io: Io;
  /** Colours for stdout. */
  readonly paint: Paint;
  /** What the process ends with when nothing is thrown. */
  exitCode: ExitCode;
}

/** Adds a command to the program. */
export type Register = (program: Command, context: Context) => void;

export function createContext(io: Io): Context {
  return { io, paint: paintFor(io.stdout, io.env), exitCode: exitCodes.done };
}

/** The options of every command that talks to Temporal, or to an API. */
export interface ServerOptions {
  readonly address?: string;
  readonly server?: string;
  /** Who asks or decides, where a name is enough. */
  readonly as?: string;
}

/** The option of every command that has a result. */
export interface OutputOptions {
  readonly output: 'text' | 'json';
}

/** Works with a connection that is closed afterwards, come what may. */
export async function withClient<T>(
  { io }: Context,
  { address, server, as }: ServerOptions,
  work: (client: RolloutClient) => Promise<T>,
): Promise<T> {
  const { reach } = await import('../client/reach.js');
  const client = await reach({ env: io.env, address, server, as });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Writes a result: as one line of JSON, or for people. */
export function print({ io }: Context, { output }: OutputOptions, value: object, text: string): void {
  io.stdout.write(output === 'json' ? `${JSON.stringify(value)}\n` : text.replace(/\n?$/, '\n'));
}
