import type { Look, LookVerdict } from '../../src/engine/state/look.js';
import type { ExposedOf } from '../../src/protocol/adapter.js';
import { writerOf } from '../files/owner.js';
import { findFlag, type Flag } from './document.js';
import type { ExposeInput } from './input.js';
import { memoryFile, readMemoryText, type FlagMemory, type Memory } from './memory.js';
import { load, resolve, type Loaded, type StoreOptions } from './store.js';
import { areAlike, differences, percentNow, sameView, viewOf } from './view.js';

/** A flag to be looked at. */
export interface LookedAt {
  readonly exposed: ExposedOf;
  readonly input: ExposeInput;
}

/** How often a store is read at most until its file and its memory belong together. */
const tries = 5;

/** A store as it was read in one moment. */
interface Seen extends Loaded {
  readonly memory: Memory;
  readonly writer: string;
}

/**
 * Reads a store once and says of each flag whether it is as its rollout left it. Answers nothing for all of them while
 * rollouts write the store all the time. Throws when it cannot be read.
 */
export async function lookAtStore(
  name: string,
  options: StoreOptions,
  flags: readonly LookedAt[],
): Promise<readonly (Look | undefined)[]> {
  const seen = await see(name, options);
  return flags.map((one) => (seen ? lookAt(seen, one) : undefined));
}

/** The memory is written before the file and after it: when it stands still, the file belongs to it. */
async function see(name: string, options: StoreOptions): Promise<Seen | undefined> {
  for (let left = tries; left > 0; left -= 1) {
    const before = await readMemoryText({
      configured: options.file,
      file: await resolve(name, options.file),
    });
    const loaded = await load(name, options);
    const { text, memory } = await readMemoryText(loaded);
    if (text === before.text) return { ...loaded, memory: memory(), writer: await writerOf(loaded.file) };
  }
  return undefined;
}

function lookAt({ document, memory, file, writer, configured }: Seen, { exposed, input }: LookedAt): Look {
  const entry = ownMember(ownMember(memory.rollouts, exposed.rollout), input.flag);
  const flag = findFlag(document, input.flag);
  const percent = flag ? shareOf(input, flag) : 0;
  const share = percent === undefined ? 'nobody can tell how many' : `${percent} %`;
  const left = entry?.last?.after;
  const verdict = judge(input, entry, flag, percent);
  const about = {
    target: exposed.target,
    verdict,
    at: Date.now(),
    ...(percent !== undefined && { percent }),
    ...(entry && { leftAt: entry.at }),
  };
  const gets = `flag "${input.flag}" gives "${input.candidate}" to ${share}`;
  if (verdict === 'as-left') return { ...about, reason: `${gets}, as this rollout left it` };
  if (left === undefined) {
    const gone = `${memoryFile(configured)} does not say that this rollout wrote it`;
    return { ...about, reason: `${gets}, and ${gone}; ${file} was ${writer}` };
  }
  const what = flag ? differences(input, left, viewOf(flag)) : 'it is not in the file any more';
  const was = percentNow(input, left);
  const leftAt = `this rollout left ${was === undefined ? 'a rule of its own' : `${was} %`} at ${new Date(entry!.at).toISOString()}`;
  return { ...about, reason: `${gets}, ${leftAt} (${what}); ${file} was ${writer}` };
}

function judge(
  input: ExposeInput,
  entry: FlagMemory | undefined,
  flag: Flag | undefined,
  percent: number | undefined,
): LookVerdict {
  const { last } = entry ?? {};
  if (last === undefined) return unwritten(input, percent);
  const present = flag && viewOf(flag);
  if (present && [last.after, ...(last.done ? [] : [last.before])].some((view) => sameView(view, present))) {
    return flag && areAlike(input, flag) ? 'raised' : 'as-left';
  }
  const left = percentNow(input, last.after) ?? 0;
  if (percent === undefined || percent > left) return 'raised';
  return percent < left ? 'lowered' : 'changed';
}

/** What no more people have than this rollout was to give it to may be its own: the memory may be gone. */
function unwritten(input: ExposeInput, percent: number | undefined): LookVerdict {
  if (percent === 0) return 'unwritten';
  return percent !== undefined && percent <= input.percent ? 'changed' : 'raised';
}

/** The share that gets what the candidate gives. */
function shareOf(input: ExposeInput, flag: Flag): number | undefined {
  if (flag.state === 'ENABLED' && areAlike(input, flag)) return 100;
  return percentNow(input, viewOf(flag));
}

function ownMember<T>(record: { readonly [key: string]: T } | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}
