import { constants, type Stats } from 'node:fs';
import { access, readFile, readlink, realpath, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Refusal } from '../../src/engine/base/errors.js';
import { faultOf } from './faults.js';
import { replaceFile, temporaryFor } from './replace.js';

/**
 * Whether a file can be replaced by this process, and is still the same file afterwards for those who read it. Writes
 * and replaces a file of its own beside it; the file is not touched. Throws `Refusal` with what to do.
 */
export async function requireReplaceable(file: string): Promise<void> {
  const found = await stat(file);
  requireOnlyName(file, found);
  await requireNoMount(file);
  await requireAccess(file);
  await requireNoStickiness(file, found);
  await rehearse(file);
}

/**
 * Whether a path means one file for good. A link to a directory is how a ConfigMap, and tools that publish, put another
 * directory in the place of the present one: what was written to the old one is gone then. Throws `Refusal`.
 */
export async function requireNoSwap(path: string): Promise<void> {
  const [link] = await directoryLinks(path);
  if (link === undefined) return;
  const real = await realpath(path);
  const publishes =
    'a ConfigMap, or a tool that publishes, points it elsewhere, and what was written before is gone';
  throw new Refusal(
    path,
    `is reached through ${link}, a link to a directory: ${publishes}`,
    `keep it in a directory that nobody publishes, on a volume that the worker may write, or configure ${real} when the link never moves`,
  );
}

/** Links to directories on the way to a file. Those directly below the root are the system's own. */
async function directoryLinks(path: string): Promise<string[]> {
  const links: string[] = [];
  let at = '/';
  for (let left = partsOf(resolve(path)); left.length > 0;) {
    const [part = '', ...rest] = left;
    const here = join(at, part);
    const to = await readlink(here).catch(() => undefined);
    if (to === undefined) {
      at = here;
      left = rest;
      continue;
    }
    if (rest.length > 0 && at !== '/') links.push(here);
    if (isAbsolute(to)) at = '/';
    left = [...partsOf(to), ...rest];
  }
  return links;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** Replaced under one of its names, it stays what it was under the others: whoever reads those sees no change. */
function requireOnlyName(file: string, { nlink }: Stats): void {
  if (nlink <= 1) return;
  const fix = `find the others (find -samefile), and let one of them be the file and everything else a symbolic link to it`;
  throw new Refusal(file, `has ${nlink} names (hard links), and only this one would be replaced`, fix);
}

/** A file that is mounted alone: no system call but the replacing itself would tell. Other systems than Linux have no list. */
async function requireNoMount(file: string): Promise<void> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const places = mounts.split('\n').map((line) => unescaped(line.split(' ')[4] ?? ''));
  if (places.includes(file)) throw refusal(file, 'EBUSY');
}

function unescaped(place: string): string {
  return place.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

async function requireAccess(file: string): Promise<void> {
  for (const path of [file, dirname(file)]) {
    try {
      await access(path, constants.R_OK | constants.W_OK);
    } catch (error) {
      throw refused(path, error);
    }
  }
}

/** In a directory such as /tmp only the owner of a file may replace it. */
async function requireNoStickiness(file: string, { uid }: Stats): Promise<void> {
  const directory = await stat(dirname(file));
  const mine = process.getuid?.() ?? 0;
  if ((directory.mode & 0o1000) === 0 || mine === 0 || [uid, directory.uid].includes(mine)) return;
  throw refusal(file, 'EPERM');
}

/** What permissions do not tell: room, quotas, and what the file system refuses. */
async function rehearse(file: string): Promise<void> {
  const trial = temporaryFor(file);
  try {
    await replaceFile(trial, 'a trial: it can be removed\n');
    await replaceFile(trial, 'a trial, replaced: it can be removed\n');
  } catch (error) {
    throw refused(file, error);
  } finally {
    await rm(trial, { force: true }).catch(() => undefined);
  }
}

function refusal(file: string, code: string): unknown {
  return refused(file, Object.assign(new Error(code), { code }));
}

function refused(file: string, error: unknown): unknown {
  const fault = faultOf(file, error);
  return fault ? new Refusal(file, fault.rule, fault.fix) : error;
}
