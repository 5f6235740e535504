import type { DecisionRequest } from '../engine/messages.js';
import type { Authorisation } from '../../workflows/inbox.js';
import type { Environment } from './config.js';

/** Who somebody is as of now, with their groups; or why the decision cannot count. */
export function authorise(environment: Environment, request: DecisionRequest): Authorisation {
  if (environment.kind !== 'local') {
    return {
      refused: `${request.by} is only a name: outside local environments a decision has to be signed`,
    };
  }
  // A name that every object has, such as `constructor`, is nobody's.
  const groups = Object.hasOwn(environment.people, request.by) ? environment.people[request.by] : undefined;
  if (groups) return { principal: { name: request.by, groups } };
  return {
    refused: `${request.by} is not known here; known: ${Object.keys(environment.people).join(', ') || 'nobody'}`,
  };
}
