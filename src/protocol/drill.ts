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

/** The id of a drill's rollout. The run is part of it: of two drills under one id each has rollouts of its own. */
export function drilledRolloutId(environment: string, runbook: string, run: string, number: number): string {
  return `rollout/${environment}/${runbook}/drill-${run.slice(0, 8)}-${number}`;
}

/** Whether a rollout is a drill's own. Nobody else's is ended by one. */
export function isDrilledRollout(id: string): boolean {
  return /^rollout\/[^/]+\/[^/]+\/drill-[0-9a-f]{8}-\d+$/.test(id);
}
