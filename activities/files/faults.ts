import { dirname } from 'node:path';
import { Refusal } from '../../src/engine/base/errors.js';

/** What stands in the way of replacing a file, and what to do. */
interface Fault {
  readonly rule: string;
  readonly fix: string;
}

/** Why a file cannot be replaced, for the errors of the system that trying again does not fix. */
const faults: { readonly [code: string]: (file: string) => Fault } = {
  EROFS: (file) => ({
    rule: 'lies on a read-only file system',
    fix: `mount ${dirname(file)} writable for the worker, or keep the file elsewhere`,
  }),
  EBUSY: (file) => ({
    rule: 'is a mount of its own, and a file that is mounted alone cannot be replaced',
    fix: `mount the directory that holds it, here and where applications read it, and not ${file} alone`,
  }),
  EACCES: (file) => ({
    rule: 'cannot be written by this worker',
    fix: `let the user of the worker write the file and ${dirname(file)}`,
  }),
  EPERM: (file) => ({
    rule: 'may not be replaced by this worker',
    fix: `let the user of the worker own it, or take the sticky bit, or the attribute that protects it, from ${dirname(file)}`,
  }),
  ENOSPC: (file) => ({ rule: 'has no room on its file system', fix: `make room for ${dirname(file)}` }),
  EDQUOT: (file) => ({ rule: 'is beyond the quota of this worker', fix: `make room for ${dirname(file)}` }),
};

/** What an error says of why a file cannot be replaced; undefined for one that trying again may fix. */
export function faultOf(file: string, error: unknown): Fault | undefined {
  const { code } = error as NodeJS.ErrnoException;
  const fault = code === undefined ? undefined : faults[code]?.(file);
  return fault && { ...fault, rule: `${fault.rule} (${code})` };
}

/**
 * Runs what writes a file, with the system's error in words. On the way forward that is a `Refusal`: nothing is to be
 * exposed that could not be taken back. On the way back it is an ordinary error, for somebody may put it right.
 */
export async function inWords<T>(file: string, wayBack: boolean, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const fault = faultOf(file, error);
    if (fault === undefined) throw error;
    if (!wayBack) throw new Refusal(file, fault.rule, fault.fix);
    throw new Error(`${file} ${fault.rule}; ${fault.fix}`, { cause: error });
  }
}
