import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Json } from '../../src/engine/base/json.js';
import { inWords } from '../files/faults.js';
import { withFileLock, type Held } from '../files/lock.js';
import { removeTemporaries, replaceFile } from '../files/replace.js';
import type { Flag } from './document.js';
import { withTargeting } from './edit.js';
import {
  memoryFile,
  readMemory,
  readMemoryOrStartAnew,
  writeMemory,
  type ChangeVerb,
  type FlagMemory,
  type Memory,
} from './memory.js';
import { load, patiently, resolve, type Loaded, type StoreOptions } from './store.js';
import { sameView, viewOf, viewWith, type View } from './view.js';
import type { EffectKey } from '../../src/engine/state/values.js';

/** Which try of which step changes a flag, and by which verb. */
export type ChangeKey = Pick<EffectKey, 'step' | 'epoch'> & { readonly verb: ChangeVerb };

/** Work on a flag file while its lock is ours. */
export interface Session extends Loaded {
  readonly memory: Memory;
  /** Where the damaged memory was put, when there was one. */
  readonly damaged?: string;
  /** Writes the memory. */
  remember(): Promise<void>;
  /**
   * Gives a flag another targeting and remembers it as the rollout's last change. Answers what the flag was before: to
   * an attempt that finds its change made already, what the first attempt found.
   */
  change(flag: Flag, entry: FlagMemory, by: ChangeKey, targeting: Json | undefined): Promise<View>;
}

/** How a session behaves. */
export interface SessionOptions {
  readonly signal: AbortSignal;
  /** Milliseconds that the memory of a rollout is kept after its last entry. */
  readonly keepFor: number;
  /** A way back goes on with a damaged memory, and waits for a damaged flag file to be fixed. */
  readonly wayBack: boolean;
}

/** The file is not as it was read: somebody who does not know our lock wrote it meanwhile. */
class ChangedMeanwhile extends Error {}

const tries = 10;

/** Runs `work` under the file's lock, again from the start when somebody else wrote the file in between. */
export async function inSession<T>(
  store: string,
  options: StoreOptions,
  { signal, keepFor, wayBack }: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const read = () => (wayBack ? patiently(() => load(store, options)) : load(store, options));
  const place = await read();
  const path = place.file;
  const locked = async (held: Held) => {
    for (const written of [path, memoryFile(place.configured)]) await removeTemporaries(written);
    for (let left = tries; ; left--) {
      // A link that was pointed elsewhere while we waited would make us lock one file and write another.
      if ((await resolve(store, options.file)) !== path)
        throw new Error(`${options.file}: the link changed; try again`);
      const loaded = await read();
      const { memory, damaged } = wayBack
        ? await readMemoryOrStartAnew(loaded)
        : { memory: await readMemory(loaded), damaged: undefined };
      try {
        return await work(open(loaded, memory, damaged, keepFor, held));
      } catch (error) {
        if (!(error instanceof ChangedMeanwhile)) throw error;
        if (left <= 1)
          throw new Error(`${path}: is being changed by others all the time; try again`, { cause: error });
      }
    }
  };
  return inWords(path, wayBack, () => withFileLock(path, locked, signal));
}

function open(
  loaded: Loaded,
  memory: Memory,
  damaged: string | undefined,
  keepFor: number,
  held: Held,
): Session {
  const { file, document } = loaded;
  const remember = async () =>
    writeMemory(loaded, memory, keepFor, { guard: held, mode: (await stat(file)).mode & 0o666 });

  async function change(
    flag: Flag,
    entry: FlagMemory,
    { step, epoch, verb }: ChangeKey,
    targeting: Json | undefined,
  ): Promise<View> {
    const found = viewOf(flag);
    const after = viewWith(found, targeting);
    const { last } = entry;
    const again = last?.step === step && last.epoch === epoch && last.verb === verb;
    const before = again && sameView(last.after, found) && sameView(found, after) ? last.before : found;
    const made = { step, epoch, verb, before, after };
    if (sameView(found, after)) {
      entry.last = { ...made, done: true };
      await remember();
      return before;
    }
    // Memory first: after a crash in between, a state that nobody remembers would look like a stranger's.
    entry.last = { ...made, done: false };
    await remember();
    const guard = () => {
      held();
      if (readFileSync(file, 'utf8') !== document.text) throw new ChangedMeanwhile();
    };
    await replaceFile(file, withTargeting(document, flag, targeting), { guard });
    entry.last = { ...made, done: true };
    await remember();
    return before;
  }

  return { ...loaded, memory, ...(damaged !== undefined && { damaged }), remember, change };
}
