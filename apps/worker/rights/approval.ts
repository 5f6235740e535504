import type { Principal } from '../../../src/engine/state/messages.js';

/**
 * An approval needs the right of whoever gives it, or of somebody whom they answer for: a delegate may do what the
 * delegator may. Whoever of them lacks it is left out.
 *
 * @param deniedTo why somebody may not approve; of themselves and of each for whom they answer
 * @returns why not, in words, when nobody of them may
 */
export function approvingAs(
  principal: Principal,
  deniedTo: (principal: Principal) => string | undefined,
): { readonly principal: Principal } | { readonly refused: string } {
  const { delegators: all = [], ...own } = principal;
  const delegators = all.filter((one) => deniedTo({ ...own, name: one.name }) === undefined);
  const denied = deniedTo(own);
  if (denied !== undefined && delegators.length === 0) return { refused: denied };
  return {
    principal: {
      ...own,
      ...(delegators.length > 0 && { delegators }),
      ...(denied !== undefined && { onlyForOthers: true }),
    },
  };
}
