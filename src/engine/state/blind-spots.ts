import type { JsonObject } from '../base/json.js';
import type { RolloutState } from './state.js';

/**
 * What the guards cannot see, by their newest readings, as the end of a sentence and as evidence; undefined when nothing
 * of the kind is known. Whoever gives leave has to know by what nobody is watched.
 */
export function beware({
  readings,
}: Pick<RolloutState, 'readings'>): { readonly text: string; readonly evidence: JsonObject } | undefined {
  const blind = readings.flatMap(({ guard, blindSpots = [] }) =>
    blindSpots.length > 0 ? [{ guard, spots: blindSpots.join('; ') }] : [],
  );
  if (blind.length === 0) return undefined;
  return {
    text: `; beware, ${blind.map(({ guard, spots }) => `guard ${guard}: ${spots}`).join('; ')}`,
    evidence: { blindSpots: Object.fromEntries(blind.map(({ guard, spots }) => [guard, spots])) },
  };
}
