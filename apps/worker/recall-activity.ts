import { recallRollout, type RecallStores } from '../../activities/records/recall.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { operatorGroups, outsider } from '../../src/engine/state/rights.js';
import type { Recalled } from '../../src/engine/state/recalled.js';
import type { Reverts } from '../../src/engine/state/reverts.js';
import type { Environment } from '../config/config.js';
import { knownAs } from './people.js';

/**
 * The activity that recalls an ended rollout for whoever may take it back: everybody who is known may rescue, which is
 * the safe direction; operators of the plan may revert.
 */
export function recallFor(current: () => Promise<Environment>, stores: RecallStores) {
  return async (reverts: Reverts): Promise<Recalled> => {
    const found = knownAs(await current(), reverts.by);
    const what = `${reverts.kind} of ${reverts.rollout} as ${reverts.by}`;
    if ('refused' in found) throw new Refusal(what, found.refused, 'name somebody who is known');
    const recalled = await recallRollout(reverts, stores);
    const outside =
      reverts.kind === 'revert' ? outsider(found.principal, operatorGroups(recalled.plan)) : undefined;
    if (outside !== undefined) throw new Refusal(what, outside, 'ask one of them');
    return recalled;
  };
}
