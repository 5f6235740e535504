import { appendFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { parse, sortedFile, textOf } from './lines.js';
import { tailFiles } from './tail.js';

/** Lines between two breaths: whoever watches must not wait for whoever sorts. */
const linesAtOnce = 2_000;
const filesAtOnce = 8;
/** Milliseconds beyond those after which it should have been sorted, until an untouched tail counts as abandoned. */
const abandonedAfter = 600_000;

/**
 * Appends what stands in a tail to the file of each key, then removes the tail. Interrupted and done again, it writes
 * some values twice, and loses none.
 */
export async function sortTail(file: string, place: string): Promise<void> {
  const byKey = new Map<string, unknown[]>();
  const lines = (await readFile(file, 'utf8')).split('\n');
  for (const [index, text] of lines.entries()) {
    if (index % linesAtOnce === 0) await breathe();
    const line = parse(text);
    if (!Array.isArray(line) || typeof line[0] !== 'string') continue;
    const values = byKey.get(line[0]);
    if (values === undefined) byKey.set(line[0], [line[1]]);
    else values.push(line[1]);
  }
  const keys = [...byKey.entries()];
  while (keys.length > 0) {
    await Promise.all(
      keys.splice(-filesAtOnce).map(([key, values]) => appendTo(sortedFile(place, key), values)),
    );
  }
  await rm(file, { force: true });
}

/** Sorts what processes have left behind that are gone. */
export async function sortAbandoned(place: string, sortAfter: number): Promise<void> {
  for (const file of await tailFiles(place)) {
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > sortAfter + abandonedAfter) await sortTail(file, place);
  }
}

async function appendTo(file: string, values: readonly unknown[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(
    file,
    textOf(values.map((value, index) => (index < values.length - 1 ? shortened(value) : value))),
  );
}

/**
 * Why a series passed long ago is asked by nobody, and it is most of what would be kept. Readings of one subscription
 * alone are few, and stay whole.
 */
function shortened(value: unknown): unknown {
  const reading = value as { verdict?: unknown; subscription?: unknown } | null;
  const shared = reading?.verdict === 'pass' && reading.subscription === undefined;
  return shared ? { ...reading, reason: '' } : value;
}
