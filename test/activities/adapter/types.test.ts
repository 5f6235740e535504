import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineAdapter } from '../../../activities/adapter/index.js';
import { turn } from './given.js';

const given = {
  name: 'dial',
  settings: z.strictObject({ url: z.url() }),
  state: z.strictObject({ to: z.number() }),
  landsWithin: '1s',
  read: () => Promise.resolve({ to: 3 }),
  restore: () => Promise.resolve(),
} as const;
const whole = { input: turn.input, shows: () => true, apply: () => Promise.resolve() };

/** Never called: each line below is checked by the compiler, which fails when an expected error is missing. */
export const doesNotCompile = () => [
  // @ts-expect-error the state has no such member
  defineAdapter({ ...given, actions: { turn: { ...whole, shows: ({ state }) => state.at === 3 } } }),
  // @ts-expect-error the input has no such member
  defineAdapter({ ...given, actions: { turn: { ...whole, shows: ({ input }) => input.at === 3 } } }),
  // @ts-expect-error settings are what their schema gives
  defineAdapter({ ...given, actions: { turn: { ...whole, apply: async ({ settings }) => settings.to } } }),
  // @ts-expect-error an action says how its effect is seen
  defineAdapter({ ...given, actions: { turn: { input: turn.input, apply: whole.apply } } }),
  // @ts-expect-error a read answers the state
  defineAdapter({ ...given, read: () => Promise.resolve({ at: 3 }), actions: { turn: whole } }),
  // @ts-expect-error a capture is put back
  defineAdapter({ ...given, restore: undefined, actions: { turn: whole } }),
];

it('is checked by the compiler: what must not compile stands above', () => {
  expect(doesNotCompile).toBeTypeOf('function');
});
