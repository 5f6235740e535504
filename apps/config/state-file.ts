import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { stateDirectory } from './directories.js';

const pid = z.int().positive();

const stackState = z.strictObject({
  format: z.literal(1),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
  /** Without a pid it is not ours to stop. */
  temporal: z.strictObject({ address: z.string(), uiUrl: z.string().optional(), pid: pid.optional() }),
  postgres: z.strictObject({ url: z.string(), pid }).optional(),
  shop: z.strictObject({ url: z.string(), metricsUrl: z.string(), pid }).optional(),
  worker: z.strictObject({ pid }).optional(),
  flagFile: z.string().optional(),
  config: z.string().optional(),
  /** The process that started the rest and stops it. */
  owner: z.strictObject({ pid }),
});

/** What runs of the local stack, for the processes that did not start it. It holds a password: see the mode. */
export type StackState = z.output<typeof stackState>;

/** The state file: `SWITCHBACK_STATE`, or `stack.json` in the state directory. */
export function stateFile(env: NodeJS.ProcessEnv = process.env): string {
  return env.SWITCHBACK_STATE ? resolve(env.SWITCHBACK_STATE) : join(stateDirectory(env), 'stack.json');
}

/**
 * The state of the local stack, or undefined when there is no file.
 *
 * @throws when the file is not one that this version wrote; the error names it and the fix
 */
export async function readStateFile(file = stateFile()): Promise<StackState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = stackState.safeParse(parse(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unreadable(file, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}

/** Writes it whole or not at all, readable by its owner alone. */
export async function writeStateFile(state: StackState, file = stateFile()): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  try {
    // A file that is there already would keep its own mode.
    await rm(temporary, { force: true });
    await writeFile(temporary, `${JSON.stringify(stackState.parse(state), null, 2)}\n`, { mode: 0o600 });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Removes it; nothing happens when there is none. */
export async function removeStateFile(file = stateFile()): Promise<void> {
  await rm(file, { force: true });
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, `not JSON (${(error as Error).message})`);
  }
}

function unreadable(file: string, rule: string): Error {
  return new Error(
    `${file}: ${rule}; it tells which servers of the local stack run: stop those by hand if there are any, then remove the file`,
  );
}
