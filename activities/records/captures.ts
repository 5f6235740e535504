import { join } from 'node:path';
import { canonicalJson, type Json } from '../../src/engine/json.js';
import type { Target } from '../../src/engine/plan.js';
import type { Capture } from '../../src/engine/ports.js';
import { nameOf } from '../files/names.js';
import { filesBelow } from '../files/tree.js';
import { createFile, damaged, readRecord } from './files.js';

/** Captures by rollout and target: the known-good states, outside of workflow histories. Never overwritten. */
export interface CaptureStore {
  /** Keeps the first capture of a target in a rollout, and returns that first one. */
  putIfAbsent(rollout: string, target: Target, capture: Capture): Promise<Capture>;
  get(rollout: string, target: Target): Promise<Capture | undefined>;
  /** All captures of a rollout, by target. */
  list(rollout: string): Promise<Capture[]>;
}

/** Captures as files in `directory`. Damaged ones are a `Refusal`. */
export function createCaptureStore(directory: string): CaptureStore {
  // The name of a long id is a path: what belongs to an id stands under `=`, which no name contains.
  const directoryOf = (rollout: string) => join(directory, nameOf(rollout), '=');
  const fileOf = (rollout: string, target: Target) => join(directoryOf(rollout), `${nameOf(target)}.json`);

  async function readCapture(file: string, rollout: string): Promise<Capture | undefined> {
    const record = (await readRecord(file)) as { rollout?: string; capture?: Capture } | null | undefined;
    if (record === undefined) return undefined;
    const capture = record?.capture;
    if (record?.rollout !== rollout || !capture || typeof capture.state !== 'object') {
      throw damaged(file, `is not a capture of ${rollout}`);
    }
    return capture;
  }

  return {
    async putIfAbsent(rollout, target, capture) {
      const file = fileOf(rollout, target);
      const record: Json = { format: 1, rollout, capture: { ...capture } };
      await createFile(file, `${canonicalJson(record)}\n`);
      const first = await readCapture(file, rollout);
      if (first?.target !== target) throw damaged(file, `is not a capture of ${target}`);
      return first;
    },

    get: (rollout, target) => readCapture(fileOf(rollout, target), rollout),

    async list(rollout) {
      const below = directoryOf(rollout);
      const names = await filesBelow(below, '.json');
      const captures = await Promise.all(
        names.map((name) => readCapture(join(below, `${name}.json`), rollout)),
      );
      return captures
        .filter((capture) => capture !== undefined)
        .sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0));
    },
  };
}
