/** The name of the workflow. It stands in histories. */
export const drillType = 'drill';

/** Names of a drill's messages. They stand in histories: never change one. */
export const drillNames = { progress: 'progress' } as const;

/** What a drill supplies to a rollout from outside of its plan, whose digest stays the same. */
export interface UnderDrill {
  /** By what its windows and minimum samples are multiplied: above 0, at most 1. */
  readonly timeScale: number;
  /** The step at which it is to fail: a watch there stays open until it does, and a gate there expires soon. */
  readonly failsAt?: string;
}

const prefix = 'drill/';

/** The id of the schedule of drills of an environment's runbook: one for each. */
export function scheduleIdOf(environment: string, runbook: string): string {
  return `${prefix}${environment}/${runbook}`;
}

/** What a schedule's id says; undefined when it is none of drills. */
export function scheduleParts(
  id: string,
): { readonly environment: string; readonly runbook: string } | undefined {
  const [environment, runbook, ...more] = id.startsWith(prefix) ? id.slice(prefix.length).split('/') : [];
  return environment && runbook && more.length === 0 ? { environment, runbook } : undefined;
}
