import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js';

let unheard = 0;
let hear: (() => void) | undefined;

/** Calls `listener` for each time that this workflow was reset, also for those before it listens. */
export function whenReset(listener: () => void): void {
  hear = listener;
  for (; unheard > 0; unheard -= 1) listener();
}

/**
 * Hears that the workflow was reset. Temporal says so by a new seed for random numbers, at the place in history where
 * the run was reset to, so it is heard there in every replay, too; nothing else gives a running workflow a new seed.
 * The SDK tells nobody of it, but replaces its generator.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let known = generator();
  return {
    internals: [
      {
        activate(input, next) {
          const present = generator();
          if (present !== known) {
            known = present;
            if (hear) hear();
            else unheard += 1;
          }
          next(input);
        },
      },
    ],
  };
};

/** What the workflow takes its random numbers from: another one after a reset. */
export function generator(): unknown {
  return getActivator().random;
}
