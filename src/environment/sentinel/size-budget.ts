import type { Guard } from '../../engine/plan/plan.js';
import { bytesOf } from '../../engine/base/json.js';
import { bytesOfRow, commonPrefix } from './packed.js';
import type { Watched } from '../../protocol/subscriptions.js';

/** What the packing has around rows and guards. */
const frame = 1_000;

/** Counts what subscriptions fill when they are packed, as they come and go; never too little. */
export class SizeBudget {
  /** As if no name had a part in common with others. */
  #rows = 0;
  #count = 0;
  #prefix: string | undefined;
  readonly #lists = new Map<readonly Guard[], { users: number; readonly bytes: number }>();
  #guards = 0;

  /** Bytes if this subscription came, in the place of the one that is known of its rollout. */
  with(subscription: Watched, known: Watched | undefined): number {
    const prefix = this.#prefixWith(subscription.rollout);
    const rows = this.#rows + bytesOfRow(subscription) - (known === undefined ? 0 : bytesOfRow(known));
    const count = this.#count + (known === undefined ? 1 : 0);
    const list = this.#lists.has(subscription.guards) ? 0 : bytesOf(subscription.guards);
    return frame + rows - count * prefix.length + this.#guards + list;
  }

  enter(subscription: Watched): void {
    this.#prefix = this.#prefixWith(subscription.rollout);
    this.#rows += bytesOfRow(subscription);
    this.#count += 1;
    const list = this.#lists.get(subscription.guards) ?? { users: 0, bytes: bytesOf(subscription.guards) };
    if (list.users === 0) this.#guards += list.bytes;
    list.users += 1;
    this.#lists.set(subscription.guards, list);
  }

  leave(subscription: Watched): void {
    this.#rows -= bytesOfRow(subscription);
    this.#count -= 1;
    const list = this.#lists.get(subscription.guards);
    if (list === undefined || --list.users > 0) return;
    this.#guards -= list.bytes;
    this.#lists.delete(subscription.guards);
  }

  /** What is gone only makes the common beginning longer: forgetting that counts too much, never too little. */
  #prefixWith(rollout: string): string {
    return this.#prefix === undefined ? rollout : commonPrefix([this.#prefix, rollout]);
  }
}
