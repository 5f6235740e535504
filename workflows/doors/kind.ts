let shared = false;

/**
 * Makes this bundle one of a shared environment. The kind is part of the build and no answer of an activity: a replay
 * decides as the run did, and whoever starts a workflow has nothing to say in it.
 */
export function becomeShared(): void {
  shared = true;
}

/** Whether only what a door has signed counts here. */
export function isShared(): boolean {
  return shared;
}
