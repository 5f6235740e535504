import { rights, type Right } from '../../../src/identity/rights.js';
import type { Environment } from '../environment.js';

type Row = { readonly right: Right; readonly principals: readonly string[] };

/**
 * Who may what in a local environment, which takes people by their name and asks for no rights: its groups are those that
 * a plan names, so whoever is in none may operate nothing.
 */
export function localRights({ people, operators = [] }: Environment): readonly Row[] {
  const names = Object.keys(people).sort();
  const inAGroup = names.filter((name) => (people[name] ?? []).length > 0);
  const operating = names.filter((name) => people[name]?.some((group) => operators.includes(group)));
  const limited: Partial<Record<Right, readonly string[]>> = {
    approve: inAGroup,
    operate: inAGroup,
    halt: inAGroup,
    revert: inAGroup,
    'take-over': inAGroup,
    'lift-stop': operators.length > 0 ? operating : names,
    'break-glass': inAGroup,
  };
  return rights.map((right) => ({ right, principals: limited[right] ?? names }));
}
