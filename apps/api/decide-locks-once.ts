import type { LocksChoice } from '../../src/protocol/locks.js';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { decisionId } from './keys.js';
import { ProblemError } from './problems/catalogue.js';

type Explained = LocksChoice & { readonly reason: string };

/** Sends a decision about the environment; the locks themselves know its id again. Throws a problem when it is refused. */
export async function decideLocksOnce(
  door: Door,
  caller: Caller,
  choice: Explained,
  key: string | undefined,
) {
  const { environment, client, underWay, signer } = door;
  const decision = decisionId(caller, key);
  const { name: by } = caller;
  const send = async () => {
    const request = { id: decision, by, ...choice };
    const signed = signer && { signed: await signer.locks(caller, request) };
    const { accepted, reason } = await client.locks.decide(environment, { ...request, ...signed });
    if (accepted) return { environment, decision, type: choice.type, by, accepted: true as const, reason };
    throw new ProblemError('refused', `${choice.type} of ${environment}`, reason, 'look at the locks');
  };
  if (key === undefined) return send();
  return underWay.once(`locks ${decision}`, JSON.stringify(choice), send);
}
