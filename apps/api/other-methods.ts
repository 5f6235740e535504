import type { Endpoint } from './endpoint.js';
import { ProblemError } from './problems/catalogue.js';

/** Tells an address that does not exist from one that has other methods. */
export function otherMethods(
  endpoints: readonly Pick<Endpoint, 'method' | 'path'>[],
): (method: string, path: string) => ProblemError {
  const known = endpoints.map(({ method, path }) => ({
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return (method, path) => {
    const allowed = known.filter(({ pattern }) => pattern.test(path)).map((one) => one.method);
    if (allowed.length === 0) {
      return new ProblemError('not-found', 'this address', 'is none of this API', 'see /openapi.json');
    }
    const allow = [...new Set(allowed)].sort().join(', ');
    const why = `is none of this address`;
    return new ProblemError('method-not-allowed', method, why, `use ${allow}`, { allow });
  };
}
