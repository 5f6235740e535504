import { apiOf } from '../client/reach.js';
import type { RolloutClient } from '../client/client.js';
import type { Context, ServerOptions } from './context.js';
import { UsageError } from './usage-error.js';

/** Throws when Temporal is asked and nobody is named: only an API knows who asks. */
export function requirePerson(options: ServerOptions, { io }: Context): void {
  if (options.as !== undefined || apiOf({ ...options, env: io.env }) !== undefined) return;
  throw new UsageError("required option '--as <name>' not specified");
}

/** What was given, with who decides and in which environment that is. */
export type Decider<O> = O & { readonly as: string };

/** Who decides: whom the API knows, or the name that was given. */
export async function asPerson<O extends ServerOptions>(
  client: RolloutClient,
  options: O,
): Promise<Decider<O>> {
  return { ...options, as: await client.person(options.as) };
}
