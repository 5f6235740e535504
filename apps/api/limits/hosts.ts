import { ProblemError } from '../problems/catalogue.js';

/**
 * Throws unless a request came under a name that this server answers to: a page of another site can make its own name
 * point here, and would be of the same origin.
 */
export function requireHost(hosts: readonly string[], header: string | undefined): void {
  const given = (header ?? '').toLowerCase();
  const name = given.replace(/:\d+$/, '');
  if (hosts.some((host) => host === given || host === name)) return;
  const fix = 'use its own name, or have it started with --host-name';
  throw new ProblemError('unknown-host', `host ${given || '(none)'}`, 'is not one of this server', fix);
}
