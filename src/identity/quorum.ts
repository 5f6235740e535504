import { admitApproval } from '../engine/decide/approvals.js';
import type { Asked } from '../engine/state/gate.js';
import type { Delegator, Known } from '../engine/state/people.js';
import { delegatedTo, type Delegation } from './delegation.js';
import { personBehind, registeredAs, type Directory } from './principal.js';

/** Who stands behind a rollout: the starter, and whom a service started it for. */
export interface Origin {
  readonly startedBy: string;
  readonly askedFor?: string;
}

/** Who is known, and who decides for whom. */
export interface People {
  readonly directory: Directory;
  readonly delegations: readonly Delegation[];
}

/** Somebody with all that a gate has to know of them. */
export interface Standing extends Known {
  readonly delegators?: readonly Delegator[];
}

/** All that a gate has to know of somebody, as of a moment: it stands in history, and is judged by the engine. */
export function standingOf(people: People, name: string, at: number): Standing | undefined {
  const { directory, delegations } = people;
  const known = knownAs(directory, name);
  if (!known) return undefined;
  const delegators = delegatedTo(delegations, name, at).flatMap(({ from, gates }) => {
    const delegator = knownAs(directory, from);
    return delegator ? [{ ...delegator, gates }] : [];
  });
  return { ...known, ...(delegators.length > 0 && { delegators }) };
}

/** The people whose eyes a start was seen with, as of now. */
export function startersOf(directory: Directory, { startedBy, askedFor }: Origin): readonly string[] {
  const names = [startedBy, ...(askedFor === undefined ? [] : [askedFor])];
  return [...new Set(names.map((name) => personBehind(directory, name)))];
}

/**
 * The different people who could approve, whatever they will say: a gate that fewer can satisfy never opens. Delegates are
 * none of their own: they use up whom they answer for.
 *
 * @param may whether the policy gives somebody the right at all
 */
export function ableToApprove(
  directory: Directory,
  asked: Asked,
  origin: Origin,
  may: (name: string) => boolean = () => true,
): readonly string[] {
  const starters = startersOf(directory, origin);
  // What they will prove nobody knows yet; but a service proves nobody.
  const { strength, ...anyProof } = asked;
  const able = Object.keys(directory.principals).flatMap((name) => {
    const known = knownAs(directory, name);
    if (!known || !may(name) || (strength === 'token' && known.kind === 'service')) return [];
    const admitted = admitApproval(anyProof, starters, [], known);
    return 'approval' in admitted ? [personBehind(directory, name)] : [];
  });
  return [...new Set(able)].sort();
}

function knownAs(directory: Directory, name: string): Known | undefined {
  const entry = registeredAs(directory, name);
  if (!entry) return undefined;
  const person = personBehind(directory, name);
  return { name, groups: entry.groups, kind: entry.kind, ...(person !== name && { person }) };
}
