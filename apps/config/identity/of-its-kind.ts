import type { Kind } from '../../../src/protocol/kind.js';
import { fault, type Fault } from './faults.js';

interface Sections {
  readonly kind: Kind;
  readonly people: object;
  readonly operators?: unknown;
  readonly principals?: unknown;
  readonly policy?: unknown;
  readonly drill?: unknown;
}

/** Sections that would say nothing in an environment of this kind: whoever wrote them believes that they protect. */
export function* sectionsOfAnotherKind(given: Sections): Generator<Fault> {
  if (given.kind !== 'drill' && given.drill !== undefined) {
    yield fault(
      `nothing is drilled in a ${given.kind} environment: write "kind": "drill", or leave it out`,
      'drill',
    );
  }
  if (given.kind !== 'shared') {
    const fix = `a ${given.kind} environment takes people by their name: write people and operators, or "kind": "shared"`;
    if (given.principals !== undefined) yield fault(fix, 'principals');
    if (given.policy !== undefined) yield fault(fix, 'policy');
    return;
  }
  const rule = 'a name proves nothing in a shared environment';
  if (Object.keys(given.people).length > 0) yield fault(`${rule}: write principals instead`, 'people');
  if (given.operators !== undefined) {
    yield fault(`${rule}: write the right operate in policy.rights instead`, 'operators');
  }
}
