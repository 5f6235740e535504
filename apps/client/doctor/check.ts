import type { Client } from '@temporalio/client';
import type { LocksClient } from '../locks-report.js';

export type Verdict = 'ok' | 'warn' | 'fail';

/** One thing that a check found. `warn`: it works, and will not for long or not well; `fail`: something is broken. */
export interface Finding {
  readonly verdict: Verdict;
  /** In one sentence. */
  readonly found: string;
  /** What to do; absent when nothing has to be done. */
  readonly fix?: string;
}

/** What a check looks at things with. None changes anything. */
export interface Examined {
  readonly environment: string;
  readonly client: Client;
  readonly locks: LocksClient;
  /** Path of the configuration that the environment's workers have, as far as this machine has it. */
  readonly config: string;
}

/** One question about an environment. */
export interface Check {
  readonly name: string;
  /** What it looks at, in a few words. */
  readonly looksAt: string;
  look(examined: Examined): Promise<readonly Finding[]>;
}

export const ok = (found: string): Finding => ({ verdict: 'ok', found });
export const warn = (found: string, fix: string): Finding => ({ verdict: 'warn', found, fix });
export const fail = (found: string, fix: string): Finding => ({ verdict: 'fail', found, fix });
