/** The parts of `rollout/<environment>/<runbook>/<key>`. */
export interface RolloutIdParts {
  readonly environment: string;
  readonly runbook: string;
  readonly key: string;
}

/** The parts of a rollout's workflow id, or undefined when it is none. */
export function partsOf(id: string): RolloutIdParts | undefined {
  const [kind, environment, runbook, key, ...more] = id.split('/');
  if (kind !== 'rollout' || !environment || !runbook || !key || more.length > 0) return undefined;
  return { environment, runbook, key };
}
