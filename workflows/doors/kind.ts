import type { Kind } from '../../src/protocol/kind.js';

let kind: Kind = 'local';

/**
 * Makes this bundle one of an environment of another kind than `local`. The kind is part of the build and no answer of an activity: a replay
 * decides as the run did, and whoever starts a workflow has nothing to say in it.
 */
export function become(other: Exclude<Kind, 'local'>): void {
  kind = other;
}

/** Whether only what a door has signed counts here. */
export function isShared(): boolean {
  return kind === 'shared';
}

/** Whether what is touched here is cloned for a drill, which may say how long things take. */
export function isDrill(): boolean {
  return kind === 'drill';
}
