import type { z } from 'zod';
import { isTaken } from '../client/refusals.js';
import { rolloutId } from '../client/rollout-id.js';
import type { startRequest } from '../client/http/wire/rollouts.js';
import type { LoadedPlan } from '../config/plan-file.js';
import type { Started } from '../client/client.js';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { rolloutKeyOf } from './keys.js';
import { givenPlan } from './plan-of.js';
import { requireAsker } from './require-asker.js';
import { reused } from './under-way.js';

type StartBody = z.output<typeof startRequest>;

/** A rollout that was started, now or when the same request came before. */
interface StartedOnce extends Started {
  readonly digest: string;
  readonly startedBy: string;
  readonly replayed: boolean;
}

/** Starts a rollout. Under a key it has an id of that key, so that there is never a second one. */
export async function startOnce(
  door: Door,
  caller: Caller,
  body: StartBody,
  key: string | undefined,
): Promise<StartedOnce> {
  requireAsker(door, caller, body.askedFor);
  const loaded = await givenPlan(door, caller, 'start', body);
  if (key === undefined) return begin(door, caller, body, loaded, body.key);
  const own = body.key ?? rolloutKeyOf(caller, key);
  return door.underWay.once(`start ${caller.name}/${key}`, JSON.stringify(body), async () => {
    try {
      return await begin(door, caller, body, loaded, own);
    } catch (error) {
      if (!isTaken(error)) throw error;
      const before = await startedBefore(door, caller, loaded, own);
      if (before) return before;
      throw error;
    }
  });
}

async function begin(
  { client, environment, signer }: Door,
  caller: Caller,
  { wait, askedFor }: StartBody,
  { plan, digest, fromFile }: LoadedPlan,
  key: string | undefined,
): Promise<StartedOnce> {
  const { name: startedBy } = caller;
  const said = {
    plan,
    digest,
    startedBy,
    ...(wait === false && { wait }),
    ...(askedFor !== undefined && { askedFor }),
    // Signed, too: the worker asks for other rights, and for the gates of every runbook.
    ...(fromFile && { fromFile }),
  };
  const started = await client.start({
    ...said,
    environment,
    ...(key !== undefined && { key }),
    ...(signer && { sign: (rollout: string) => signer.start(caller, rollout, said) }),
  });
  return { ...started, digest, startedBy, replayed: false };
}

/** The rollout of this id when the same person started the same plan; throws a problem when it was another plan. */
async function startedBefore(
  { client, environment }: Door,
  { name }: Caller,
  { plan, digest }: LoadedPlan,
  key: string,
): Promise<StartedOnce | undefined> {
  const rollout = rolloutId({ environment, runbook: plan.runbook, key });
  const report = await client.status(rollout);
  if (report.startedBy !== name) return undefined;
  if (report.digest !== digest) throw reused();
  const { runId } = await client.describe(rollout);
  return { rollout, runId, digest, startedBy: name, replayed: true };
}
