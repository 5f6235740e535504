import type { Kind } from '../../../src/protocol/kind.js';
import type { Directory } from '../../../src/identity/principal.js';

interface Known {
  readonly kind: Kind;
  readonly people?: { readonly [name: string]: readonly string[] };
  readonly principals?: Directory['principals'];
}

/** Everybody whom an environment knows: in a shared one its principals, and else its people, who are taken by their name. */
export function directoryOf({ kind, people = {}, principals = {} }: Known): Directory {
  if (kind === 'shared') return { principals };
  const persons = Object.entries(people).map(([name, groups]) => [name, { kind: 'person', groups }] as const);
  return { principals: Object.fromEntries(persons) };
}
