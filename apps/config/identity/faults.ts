import type { z } from 'zod';
import type { Directory } from '../../../src/identity/principal.js';
import type { delegations } from './delegations.js';
import type { door } from './doors.js';
import type { identity } from './identity.js';
import type { policy } from './policy.js';

/** What is wrong, and where. */
export interface Fault {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

export const fault = (message: string, ...path: readonly (string | number)[]): Fault => ({ message, path });

/** The sections of an environment that name people, with everybody who is known in it. */
export interface People {
  readonly directory: Directory;
  readonly delegations?: z.output<typeof delegations>;
  readonly identity?: z.output<typeof identity>;
  readonly policy?: z.output<typeof policy>;
  readonly door?: z.output<typeof door>;
}
