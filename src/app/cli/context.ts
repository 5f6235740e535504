import type { Command } from 'commander';
import type { RolloutClient } from '../client.js';
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

/** The options of every command that talks to Temporal. */
export interface ServerOptions {
  readonly address?: string;
}

/** The option of every command that has a result. */
export interface OutputOptions {
  readonly output: 'text' | 'json';
}

/** Works with a connection that is closed afterwards, come what may. */
export async function withClient<T>(
  { io }: Context,
  { address }: ServerOptions,
  work: (client: RolloutClient) => Promise<T>,
): Promise<T> {
  const { connect } = await import('../client.js');
  const client = await connect({ env: io.env, ...(address !== undefined && { address }) });
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
