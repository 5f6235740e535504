import { milliseconds, type Duration, type Watch } from '../engine/index.js';

/** Holds and observes: every guard must show good evidence for the whole length. */
export function watch(name: string, options: { for: Duration; why?: string }): Watch {
  return {
    type: 'watch',
    id: `watch/${name}`,
    why: options.why ?? 'Whatever this does to users shows before more of them get it.',
    verify: 'every guard passed for the whole window, without a gap',
    for: milliseconds(options.for),
  };
}
