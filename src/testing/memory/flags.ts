import type { MemorySystem } from './system.js';

/** A flag is the percent that gets the candidate. */
export const flags: MemorySystem = {
  name: 'flags',
  untouched: { percent: 0 },
  perform(_state, { kind, input }) {
    if (kind !== 'flags.expose') throw new Error(`${kind} is no action on a flag`);
    return { percent: input['percent'] ?? 0 };
  },
};
