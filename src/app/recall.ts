import { ApplicationFailure } from '@temporalio/activity';
import { recallRollout, type RecallStores } from '../../activities/records/recall.js';
import { isRefusal, Refusal } from '../engine/errors.js';
import { operatorGroups, outsider } from '../engine/rights.js';
import type { Recalled, TakesBack } from '../engine/takes-back.js';
import type { Environment } from './config.js';
import { identify } from './people.js';

/**
 * The activity that recalls an ended rollout for whoever may take it back: everybody who is known may rescue, which is
 * the safe direction; operators of the plan may revert.
 */
export function recallFor(environment: Environment, stores: RecallStores) {
  return async (takesBack: TakesBack): Promise<Recalled> => {
    try {
      const found = identify(environment, takesBack.by);
      const what = `${takesBack.kind} of ${takesBack.rollout} as ${takesBack.by}`;
      if ('refused' in found) throw new Refusal(what, found.refused, 'name somebody who is known');
      const recalled = await recallRollout(takesBack, stores);
      const outside =
        takesBack.kind === 'revert' ? outsider(found.principal, operatorGroups(recalled.plan)) : undefined;
      if (outside !== undefined) throw new Refusal(what, outside, 'ask one of them');
      return recalled;
    } catch (error) {
      if (isRefusal(error)) throw ApplicationFailure.nonRetryable((error as Error).message, 'Refusal');
      throw error;
    }
  };
}
