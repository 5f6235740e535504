import { formatDuration } from '../base/duration.js';
import { actsOf, type Plan } from './plan.js';

/**
 * Milliseconds after which an application that polls its flags every 5 s, as OpenFeature's provider for flagd files
 * does, has noticed a change, with 5 s for the longest request that began before.
 */
const usualDrain = 10_000;

/** What people should know of a plan before it starts; nothing of it is refused. */
export function warningsOf(plan: Plan): string[] {
  return shortDrains(plan);
}

/** Where only flags change, whoever is late to notice finds everything that it needs. */
function shortDrains(plan: Plan): string[] {
  const acts = actsOf(plan);
  const takesAway = acts.some(({ exposure, undo }) => !exposure && ['act', 'restore'].includes(undo.type));
  const short = acts.flatMap(({ id, exposure }) =>
    exposure && exposure.drain < usualDrain ? [`${id} drains for ${length(exposure.drain)}`] : [],
  );
  if (!takesAway || short.length === 0) return [];
  return [
    `${short.join(', ')}: an application that polls its flags, as OpenFeature's provider for flagd files does every ` +
      '5s, may serve the candidate for longer, while what it needs is taken away. Let drain be the poll interval of ' +
      'its flag provider and its longest request, together',
  ];
}

function length(ms: number): string {
  return ms === 0 ? '0s' : formatDuration(ms);
}
