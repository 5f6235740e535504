import type { Health } from './health.js';

/** What keeps a workflow of an environment's own from going on, and what brings it back. */
export interface Standing {
  readonly is: string;
  readonly fix: string;
}

/** How it stands still; undefined when it goes on, or does not run. */
export function standingOf(
  workflow: string,
  { name, environment }: { readonly name: 'locks' | 'sentinel'; readonly environment: string },
  health: Health,
): Standing | undefined {
  if (health.state === 'paused') {
    const fix = `Let it go on: temporal workflow unpause --workflow-id ${workflow}`;
    return { is: `${workflow} is paused`, fix };
  }
  if (health.state !== 'broken') return undefined;
  const because =
    health.because === 'history' ? 'its history does not replay' : `its code fails (${health.message})`;
  const fix = `Bring it back: switchback repair ${name} --env ${environment}`;
  return { is: `${workflow} is broken, ${because}`, fix };
}
