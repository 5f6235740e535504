import type { Reaction } from '../plan/plan.js';
import type { Run } from '../state/run.js';

/** What something that is watched calls for, and why. */
export interface Finding {
  readonly reaction: Reaction;
  readonly guard: string;
  readonly reason: string;
}

/** Guards with the same reason are named together: a dead source is one problem, not one for each guard. */
export function describeFindings(findings: readonly Finding[]): string {
  const guards = new Map<string, string[]>();
  for (const { guard, reason } of findings) guards.set(reason, [...(guards.get(reason) ?? []), guard]);
  return [...guards].map(([reason, names]) => `${names.join(', ')}: ${reason}`).join('; ');
}

/** The source to blame for what these guards do not say: nothing where it is not one, or where anything else is wrong, too. */
export function blamed(
  { plan, state }: Run,
  findings: readonly Pick<Finding, 'guard'>[],
): { readonly source?: string } {
  const sources = findings.map(({ guard }) => {
    const reading = state.readings.find((one) => one.guard === guard);
    return reading?.unread && plan.guards.find(({ name }) => name === guard)?.metric.source;
  });
  const [source] = sources;
  return source !== undefined && sources.every((one) => one === source) ? { source } : {};
}
