import { problem } from '../../client/http/wire/problem.js';
import { needs, type OperationId } from '../needs.js';
import { problemType } from '../problems/answer.js';
import { problems, typeOf, type ProblemName } from '../problems/catalogue.js';
import { contentOf, type Schemas } from './schemas.js';

/** The problems of an operation, for the document: those of its own, and those that follow from what it is. */
export function problemAnswers(
  id: OperationId,
  own: readonly ProblemName[],
  hasBody: boolean,
  schemas: Schemas,
): object {
  const all = [...new Set([...own, ...everywhere, ...guarded(id), ...(hasBody ? ofBodies : [])])];
  return Object.fromEntries(
    [...byStatus(all)].map(([status, names]) => [
      status,
      {
        description: names.map((name) => `${problems[name].title} (\`${typeOf(name)}\`)`).join('; '),
        content: contentOf({ [problemType]: problem }, schemas),
      },
    ]),
  );
}

const everywhere: readonly ProblemName[] = [
  'unknown-host',
  'invalid-request',
  'not-acceptable',
  'too-many-requests',
  'unexpected',
];

const ofBodies: readonly ProblemName[] = ['too-large', 'unsupported-media-type', 'unprocessable'];

function guarded(id: OperationId): readonly ProblemName[] {
  const need = needs[id];
  if (need === 'nothing') return [];
  if (need === 'a name') return ['unauthenticated', 'unreachable'];
  return ['unauthenticated', 'forbidden', 'unreachable', 'not-answered'];
}

function byStatus(names: readonly ProblemName[]): ReadonlyMap<number, readonly ProblemName[]> {
  const groups = new Map<number, ProblemName[]>();
  for (const name of names) {
    const { status } = problems[name];
    groups.set(status, [...(groups.get(status) ?? []), name]);
  }
  return groups;
}
