import { setTimeout as sleep } from 'node:timers/promises';
import type { CustomerStore } from './store.js';

/** How the candidate behaves: as it should, failing for some names, or answering late. */
export type CandidateMode = 'good' | 'throws' | 'slow';

/** The defect that was put into the candidate on purpose; answered as 500 with `x-fault: candidate`. */
export class CandidateFault extends Error {
  override readonly name = 'CandidateFault';
}

/** Whether the text is a mode. */
export function isCandidateMode(text: unknown): text is CandidateMode {
  return text === 'good' || text === 'throws' || text === 'slow';
}

/** Names that the faulty candidate cannot handle: about four in ten. */
export function upsetsFaultyCandidate(family: string): boolean {
  return family.includes(' ') || /^[n-z]/i.test(family);
}

/** Waits 900 ms in mode `slow`: the candidate takes its time before it asks the database. */
export async function candidateDelay(mode: CandidateMode): Promise<void> {
  if (mode === 'slow') await sleep(900);
}

/**
 * The candidate with the defect of the present mode. It fails before anything is written, so a request that was
 * answered with the fault has changed nothing.
 */
export function withFault(store: CustomerStore, mode: () => CandidateMode): CustomerStore {
  const refuse = (family: string): void => {
    if (mode() === 'throws' && upsetsFaultyCandidate(family)) {
      throw new CandidateFault(`the candidate cannot handle the family name '${family}'`);
    }
  };
  return {
    async find(id) {
      const customer = await store.find(id);
      if (customer) refuse(customer.name.family);
      return customer;
    },
    async rename(id, name) {
      refuse(name.family);
      return store.rename(id, name);
    },
    async create(customer) {
      refuse(customer.name.family);
      return store.create(customer);
    },
    async search(family) {
      refuse(family);
      return store.search(family);
    },
  };
}
