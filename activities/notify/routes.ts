import type { Notice } from '../../src/engine/state/values.js';

/** Which notices go to which channels; what a route does not name it does not look at. */
export interface Route {
  readonly urgencies?: readonly Notice['urgency'][] | undefined;
  /** Groups that own the rollout. */
  readonly owners?: readonly string[] | undefined;
  readonly to: readonly string[];
}

/** The channels of a notice, each once. What is of the environment itself has no owner, and goes where any owner's does. */
export function channelsFor(routes: readonly Route[], { urgency, owner }: Notice): readonly string[] {
  const matching = routes.filter(
    ({ urgencies, owners }) =>
      (urgencies?.includes(urgency) ?? true) &&
      (owners === undefined || owner === undefined || owners.includes(owner)),
  );
  return [...new Set(matching.flatMap(({ to }) => to))];
}
