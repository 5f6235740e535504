import type { Reached } from '../../src/protocol/locks.js';

const mostNamed = 10;

/** What pausing answered, by whichever build. */
export function reachedBy(answer: readonly string[] | Reached): Reached {
  return 'rollouts' in answer ? answer : { rollouts: answer, standing: [] };
}

/** Whom a stop has reached, in words; as long as nobody knows it, too. */
export function reachedText(reached: Reached | undefined, toZero: boolean): string {
  if (!reached) return 'those that run are being told to pause';
  const { rollouts, standing } = reached;
  if (rollouts.length + standing.length === 0) return 'none runs that could be paused';
  const told = `told to pause${toZero ? ' and to take exposure to zero' : ''}: ${inShort(rollouts)}`;
  const parts = [
    ...(rollouts.length > 0 ? [told] : []),
    ...(standing.length > 0 ? [standingText(standing)] : []),
  ];
  return parts.join('; ');
}

/** What has to be said of those whom a stop does not reach. */
export function standingText(standing: readonly string[]): string {
  const [first = ''] = standing;
  return (
    `NOT reached, as their workflows stand still (paused in Temporal, or broken), so that whoever is exposed stays exposed: ${inShort(standing)}; ` +
    `they hear it once they go on, as by "temporal workflow unpause --workflow-id ${first}"`
  );
}

/** An answer is carried from run to run: it must stay small. */
function inShort(rollouts: readonly string[]): string {
  const more = rollouts.length - mostNamed;
  return `${rollouts.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
