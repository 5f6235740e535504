import type { Directory } from '../../../src/identity/principal.js';
import { fault, type Fault, type People } from './faults.js';

/** Names that stand for nobody: what is granted to them would be granted to whoever gets the name later. */
export function* unknownNames(given: People): Generator<Fault> {
  const { directory, delegations = [], identity, policy, door } = given;
  const isPrincipal = (name: string) => Object.hasOwn(directory.principals, name);
  const groups = new Set(Object.values(directory.principals).flatMap((entry) => entry.groups));
  const nobody = (name: string) => `${name} is no principal of this environment; ${known(directory)}`;
  for (const [index, { from, to }] of delegations.entries()) {
    if (!isPrincipal(from)) yield fault(nobody(from), 'delegations', index, 'from');
    if (!isPrincipal(to)) yield fault(nobody(to), 'delegations', index, 'to');
  }
  for (const [index, { principal }] of (identity?.tokens ?? []).entries()) {
    if (!isPrincipal(principal)) yield fault(nobody(principal), 'identity', 'tokens', index, 'principal');
  }
  const neither = (name: string) =>
    `${name} is neither a group with a member nor a principal; write one that is there, or give somebody the group`;
  const isAnybody = (name: string) => groups.has(name) || isPrincipal(name);
  for (const [index, { to }] of (policy?.rights ?? []).entries()) {
    for (const [at, name] of to.entries())
      if (!isAnybody(name)) yield fault(neither(name), 'policy', 'rights', index, 'to', at);
  }
  for (const [index, gate] of (policy?.gates ?? []).entries()) {
    for (const [at, name] of gate.groups.entries())
      if (!isAnybody(name)) yield fault(neither(name), 'policy', 'gates', index, 'groups', at);
  }
  const doors = Object.keys(identity?.doors ?? {});
  if (door && !doors.includes(door.name)) {
    const rule = `${door.name} is no door of this environment, so nothing that it signs would count`;
    yield fault(
      `${rule}; add it to identity.doors, or use one of ${doors.join(', ') || 'none'}`,
      'door',
      'name',
    );
  }
}

function known({ principals }: Directory): string {
  const names = Object.keys(principals);
  return names.length > 0 ? `use one of ${names.join(', ')}` : 'it has none: add it first';
}
