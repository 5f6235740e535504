import { z } from 'zod';
import { members, secret } from './settings.js';

/**
 * A PostgreSQL database of the environment's own. In a local environment it may be a directory: `switchback worker` then
 * runs a PostgreSQL on it, for all workers of this machine.
 */
export const records = z.union([z.string().min(1), members({ url: secret })], {
  error: 'write {"url": "postgres://..."}, or in a local environment a directory',
});
