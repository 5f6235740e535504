import { milliseconds, type Duration, type Watch } from '../engine/index.js';

export interface WatchOptions {
  readonly for: Duration;
  readonly why?: string;
  /** Lets members of the groups `by` end it early, once there is good evidence for `after`. */
  readonly early?: { readonly by: readonly string[]; readonly after: Duration };
}

/**
 * Holds and observes: every guard must show good evidence for the whole length.
 *
 * @example
 * watch('canary-5', { for: '30m' });
 */
export function watch(name: string, options: WatchOptions): Watch {
  const { for: length, why, early } = options;
  return {
    type: 'watch',
    id: `watch/${name}`,
    why: why ?? 'Whatever this does to users shows before more of them get it.',
    verify: 'every guard passed for the whole window, without a gap',
    for: milliseconds(length),
    ...(early && { early: { by: [...early.by], after: milliseconds(early.after) } }),
  };
}
