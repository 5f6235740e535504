import { setTimeout as sleep } from 'node:timers/promises';
import { Absent } from './refusals.js';
import { nearest } from '../../src/engine/base/nearest.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { matchingIds, partsOf } from './rollout-id.js';

/** What finding a rollout needs from the server. */
interface Catalogue {
  exists(id: string): Promise<boolean>;
  /** Ids of running and recent rollouts, newest first. */
  ids(): Promise<readonly string[]>;
}

/** The list of workflows lags behind their start. */
const lag = 400;
const mostNamed = 5;

/**
 * The whole id of a rollout that is given whole, as `<runbook>/<key>`, `<key>` or any unique ending.
 *
 * @throws Refusal when none is meant (with those of a similar name) or more than one (with all of them)
 */
export async function findRollout(given: string, catalogue: Catalogue): Promise<string> {
  if (partsOf(given) && (await catalogue.exists(given))) return given;
  let ids = await catalogue.ids();
  if (matchingIds(given, ids).length === 0) {
    await sleep(lag);
    ids = await catalogue.ids();
  }
  const [match, ...others] = matchingIds(given, ids);
  if (match === undefined) throw new Absent(`rollout ${given}`, 'does not exist', mendFor(given, ids));
  if (others.length === 0) return match;
  const all = [match, ...others];
  const listed = all.slice(0, mostNamed).join(', ');
  const more = all.length > mostNamed ? ` and ${all.length - mostNamed} more` : '';
  throw new Refusal(`rollout ${given}`, `may be any of ${listed}${more}`, 'write more of the id');
}

function mendFor(given: string, ids: readonly string[]): string {
  const byName = new Map(ids.flatMap((id) => namesOf(id).map((name) => [name, id] as const)));
  const similar = [...new Set(nearest(given, byName.keys()).map((name) => byName.get(name) as string))];
  if (similar.length > 0) return `did you mean ${similar.join(' or ')}?`;
  return ids.length > 0
    ? 'see "switchback list --all"'
    : 'this server has none yet: "switchback start" begins one';
}

function namesOf(id: string): string[] {
  const parts = partsOf(id);
  return parts ? [id, `${parts.runbook}/${parts.key}`, parts.key] : [id];
}
