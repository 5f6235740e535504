import { startChild } from '../../apps/local/child-process.js';
import { remember } from './running.js';

/** What an application saw of its flags. */
export interface Sight {
  readonly type: 'seen';
  /** Every exposure, in order. */
  readonly exposures: readonly number[];
  /** What the demo's shop said of a file that is not flagd's format, whenever it loaded one. */
  readonly unreadable: readonly string[];
}

/** Looks at a flag file all the time. */
export interface Onlooker {
  seen(): Promise<Sight>;
  stop(): Promise<void>;
}

/** It has a process to itself: ours stands still for a second when a history is replayed, or code is loaded. */
export async function startOnlooker(flagFile: string, log: string): Promise<Onlooker> {
  const child = await startChild({
    name: 'the onlooker',
    module: new URL('./onlooker-process.js', import.meta.url),
    args: [flagFile],
    log,
  });
  return {
    seen: () => child.ask<Sight>({ type: 'say-seen' }, 'seen'),
    stop: remember(() => child.kill()),
  };
}
