import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../../src/engine/base/errors.js';
import { configDirectory } from './directories.js';

const credential = z.strictObject({
  token: z.string().min(1),
  issuer: z.string(),
  /** As which application, and for which server's tokens; absent in a file of an older version. */
  clientId: z.string().exactOptional(),
  resource: z.string().exactOptional(),
  /** What the issuer gave to renew it with. */
  refresh: z.string().min(1).exactOptional(),
  /** ISO 8601; absent when the issuer did not say. */
  expires: z.iso.datetime().exactOptional(),
});
const stored = z.strictObject({ format: z.literal(1), servers: z.record(z.string(), credential) });

/** What somebody signed in with, for one server. */
export type Credential = z.output<typeof credential>;
type Stored = z.output<typeof stored>;

/** Rights of everybody but the owner. */
const others = 0o077;

/** Where sign-ins are kept, for this user alone. */
export function credentialsFile(env: NodeJS.ProcessEnv): string {
  return join(configDirectory(env), 'credentials.json');
}

/** The sign-in for a server; undefined when there is none. Another server's is never given. */
export async function readCredential(
  env: NodeJS.ProcessEnv,
  origin: string,
): Promise<Credential | undefined> {
  const { servers } = await read(credentialsFile(env));
  return Object.hasOwn(servers, origin) ? servers[origin] : undefined;
}

/** Keeps a sign-in for a server, readable by this user alone. */
export async function keepCredential(
  env: NodeJS.ProcessEnv,
  origin: string,
  given: Credential,
): Promise<void> {
  const file = credentialsFile(env);
  const { servers } = await read(file);
  await write(file, { format: 1, servers: { ...servers, [origin]: given } });
}

/** Forgets the sign-in for a server; answers what it was, or undefined when there was none. */
export async function forgetCredential(
  env: NodeJS.ProcessEnv,
  origin: string,
): Promise<Credential | undefined> {
  const file = credentialsFile(env);
  const { servers } = await read(file);
  if (!Object.hasOwn(servers, origin)) return undefined;
  const { [origin]: forgotten, ...left } = servers;
  await write(file, { format: 1, servers: left });
  return forgotten;
}

async function read(file: string): Promise<Stored> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code === 'ENOENT') return { format: 1, servers: {} };
    throw found;
  }
  if (process.platform !== 'win32' && (found.mode & others) !== 0) {
    throw new Refusal(file, 'can be read by others, and holds tokens', `take that away: chmod 600 ${file}`);
  }
  const parsed = stored.safeParse(parse(await readFile(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Refusal(file, 'is none that this version wrote', 'remove it, and sign in again');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whole or not at all, and never readable by others in between. */
async function write(file: string, value: Stored): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  try {
    // A file that is there already would keep its own mode.
    await rm(temporary, { force: true });
    await writeFile(temporary, `${JSON.stringify(stored.parse(value), null, 2)}\n`, { mode: 0o600 });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}
