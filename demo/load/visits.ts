import { FAMILY, FAMILY_OF_TWO } from '../shop/names.js';
import type { ShopAnswer, ShopRequest } from './client.js';
import type { Customers } from './customers.js';
import type { Ledger, WrittenName } from './ledger.js';
import { below, oneOf, randomName, type Random } from './random.js';

/** What a customer does at the shop. */
export type Visit = 'read' | 'rename' | 'create' | 'search' | 'order';

/** Sends one request, which is counted under the visit's name. */
export type Send = (visit: Visit, request: ShopRequest) => Promise<ShopAnswer>;

/** 70 % reads, 15 % renames, 5 % each of the others. */
export function randomVisit(random: Random): Visit {
  const share = random();
  if (share < 0.7) return 'read';
  if (share < 0.85) return 'rename';
  if (share < 0.9) return 'create';
  return share < 0.95 ? 'search' : 'order';
}

/** Makes visits; every write goes to the ledger with what the shop said about it. */
export function visitor(
  send: Send,
  customers: Customers,
  ledger: Ledger,
  random: Random,
): (visit: Visit) => Promise<void> {
  const session = (): Record<string, string> => ({ 'x-session': `s${below(random, 2 ** 32)}` });
  const read = async (): Promise<void> => {
    await send('read', { method: 'GET', path: `/customers/${customers.any()}` });
  };
  const rename = async (): Promise<void> => {
    const id = customers.toWriteTo((candidate) => ledger.mayRename(candidate));
    if (id === undefined) return read();
    const name = randomName(random);
    await customers.writing(id, async () => {
      const body = { name: { given: name.given, family: name.family } };
      const answer = await send('rename', { method: 'PATCH', path: `/customers/${id}`, body });
      const written: WrittenName = { ...name, arm: answer.arm ?? 'unknown' };
      const fate = fateOf(answer);
      if (fate === 'done') ledger.renamed(id, written);
      else if (fate !== 'refused') ledger.renameInDoubt(id, written, fate);
    });
  };
  const create = async (): Promise<void> => {
    const name = randomName(random);
    const body = {
      name: { given: name.given, family: name.family },
      email: `new-${below(random, 2 ** 48).toString(36)}@example.test`,
      region: oneOf(random, ['north', 'east', 'south', 'west']),
    };
    const answer = await send('create', { method: 'POST', path: '/customers', body, headers: session() });
    const id = idIn(answer);
    if (id === undefined) return;
    ledger.customerCreated(id, { ...name, arm: answer.arm ?? 'unknown' });
    customers.add(id);
  };
  const search = async (): Promise<void> => {
    const family = encodeURIComponent(oneOf(random, random() < 0.9 ? FAMILY : FAMILY_OF_TWO));
    await send('search', { method: 'GET', path: `/customers?family=${family}`, headers: session() });
  };
  const order = async (): Promise<void> => {
    const customerId = customers.toWriteTo(() => true);
    if (customerId === undefined) return read();
    const totalCents = 100 + below(random, 20_000);
    await customers.writing(customerId, async () => {
      const answer = await send('order', {
        method: 'POST',
        path: `/customers/${customerId}/orders`,
        body: { totalCents },
      });
      const id = idIn(answer);
      if (id !== undefined) ledger.orderPlaced({ id, customerId, totalCents });
    });
  };
  const visits = { read, rename, create, search, order };
  return (visit) => visits[visit]();
}

/** A 4xx says that nothing was done; a 5xx says only that the request is over. */
function fateOf({ status, arm, candidateFault }: ShopAnswer): 'done' | 'refused' | 'answered' | 'silent' {
  if (status === null) return 'silent';
  if (status >= 200 && status < 300) return 'done';
  if (status >= 400 && status < 500) return 'refused';
  // Only the shop's own code, known by its headers, vouches that nothing is left running behind its 500.
  return arm !== null && candidateFault ? 'answered' : 'silent';
}

/** The id in an acknowledgement; undefined when it is none. */
function idIn({ status, body }: ShopAnswer): number | undefined {
  if (status !== 201) return undefined;
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== 'object' || parsed === null || !('id' in parsed) || typeof parsed.id !== 'number') {
    throw new Error(`the shop acknowledged a creation without an id: ${body}`);
  }
  return parsed.id;
}
