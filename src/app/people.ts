import type { DecisionRequest } from '../engine/messages.js';
import type { Authorisation } from '../../workflows/inbox.js';
import type { Identity } from '../engine/lock-protocol.js';
import type { Environment } from './config.js';

/** Who somebody is as of now, with their groups; or why the decision cannot count. */
export function authorise(environment: Environment, { by }: DecisionRequest): Authorisation {
  return principalOf(environment, by);
}

/** The same for decisions about the environment itself, with the groups that operate it. */
export function identify(environment: Environment, by: string): Identity {
  const found = principalOf(environment, by);
  return 'refused' in found ? found : { ...found, operators: environment.operators ?? [] };
}

function principalOf(environment: Environment, name: string): Authorisation {
  if (environment.kind !== 'local') {
    return {
      refused: `${name} is only a name: outside local environments a decision has to be signed`,
    };
  }
  // A name that every object has, such as `constructor`, is nobody's.
  const groups = Object.hasOwn(environment.people, name) ? environment.people[name] : undefined;
  if (groups) return { principal: { name, groups } };
  return {
    refused: `${name} is not known here; known: ${Object.keys(environment.people).join(', ') || 'nobody'}`,
  };
}
