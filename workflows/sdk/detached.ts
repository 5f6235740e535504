import { RootCancellationScope } from '@temporalio/workflow/lib/cancellation-scope.js';

/**
 * A scope that ends with what it was made for. Every other scope is known to the one around it for as long as that
 * lives: a rollout would keep a piece of each activity and each wait in memory until it is over. Nothing cancels this
 * one but its own `cancel`.
 */
export class DetachedScope extends RootCancellationScope {}
