import { z } from 'zod';
import { httpAddress, members, nonEmpty } from '../settings.js';

const bindings = {
  oidc: members({ issuer: httpAddress, subject: nonEmpty }).exactOptional(),
  /** Counts only from an issuer for which `email` is switched on. */
  email: z.email('it is no e-mail address; write it as name@example.com').exactOptional(),
  slack: members({ team: nonEmpty, user: nonEmpty }).exactOptional(),
};

const groups = z.array(nonEmpty).default([]);
const person = members({ kind: z.literal('person'), groups, ...bindings });
const service = members({ kind: z.literal('service'), owner: nonEmpty, groups, ...bindings });

/** The people and services of a shared environment, by name. */
export const principals = z.record(
  nonEmpty,
  z.discriminatedUnion('kind', [person, service], {
    error: 'write "kind": "person", or "kind": "service" with the "owner" who answers for it',
  }),
);
