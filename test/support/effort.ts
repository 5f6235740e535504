import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Whether properties draw all their cases; `npm test` draws the first of them. */
    deep: boolean;
  }
}

const share = inject('deep') ? 1 : 4;

/** How many cases a property draws, of those that it draws in `npm run test:deep`. */
export const cases = (all: number): number => Math.ceil(all / share);

/** How often these cases have to meet something; what is rarer than they are is demanded only of all of them. */
export const met = (times: number): number => Math.floor(times / share);
