import { z } from 'zod';
import { members, nonEmpty } from './settings.js';

const synthetic = members({
  /** Of each arm. */
  requestsPerSecond: z.number().positive().max(1_000_000).default(200),
});

/** What a drill environment has beside what it clones. */
export const drill = members({
  /** Sources of metrics that the drill makes up by itself, by the name that guards call them. */
  metrics: z.record(nonEmpty, synthetic).default({}),
});
