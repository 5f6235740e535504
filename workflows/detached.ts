import { condition, sleep } from '@temporalio/workflow';
import { RootCancellationScope } from '@temporalio/workflow/lib/cancellation-scope.js';

/**
 * A scope that ends with what it was made for. Every other scope is known to the one around it for as long as that
 * lives: a rollout would keep a piece of each activity and each wait in memory until it is over. Nothing cancels this
 * one but its own `cancel`.
 */
export class DetachedScope extends RootCancellationScope {}

/** Waits until `due`, at most `ms`; answers whether it came to that. */
export async function dueWithin(ms: number, due: () => boolean): Promise<boolean> {
  if (due()) return true;
  const timer = new DetachedScope();
  let over = false;
  timer
    .run(() => sleep(ms))
    .then(
      () => (over = true),
      () => undefined,
    );
  await condition(() => over || due());
  timer.cancel();
  return due();
}
