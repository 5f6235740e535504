import { expect, it } from 'vitest';
import { z } from 'zod';
import { booksInMemory, defineAdapter, openAdapter } from '../../../activities/adapter/index.js';
import type { Act } from '../../../src/engine/plan/plan.js';
import { work } from '../../../src/testing/index.js';
import { aDial, turn, turning } from './given.js';

const refusals: readonly [string, Act, RegExp][] = [
  [
    'a value that breaks the schema',
    turning(8, { type: 'restore' }, { do: { kind: 'dial.turn', input: { to: 12 } } }),
    /^to in input of dial.turn in step act\/turn-8: Too big.*11; give what its schema asks for$/,
  ],
  [
    'a member that is missing',
    turning(8, { type: 'restore' }, { do: { kind: 'dial.turn', input: {} } }),
    /^to in input of dial.turn in step act\/turn-8: Invalid input: expected number/,
  ],
  [
    'a member that is unknown',
    turning(8, { type: 'restore' }, { do: { kind: 'dial.turn', input: { to: 1, twice: true } } }),
    /Unrecognized key: "twice"/,
  ],
  [
    'an action that the adapter has not',
    turning(8, { type: 'restore' }, { do: { kind: 'dial.spin', input: {} } }),
    /^step act\/turn-8: asks for dial.spin; use one of dial.turn$/,
  ],
  [
    'an undo with a value that breaks the schema',
    turning(8, { type: 'act', do: { kind: 'dial.turn', input: { to: -1 } } }),
    /^to in input of dial.turn in step act\/turn-8: Too small/,
  ],
  [
    'an undo of another adapter',
    turning(8, { type: 'act', do: { kind: 'flags.expose', input: {} } }),
    /asks for flags.expose; use one of dial.turn/,
  ],
  [
    'a target of another kind',
    turning(8, { type: 'restore' }, { target: 'knob:volume' }),
    /acts on knob:volume through adapter dial; make the target dial:\.\.\.$/,
  ],
  [
    'exposure',
    turning(8, { type: 'restore' }, { exposure: { percent: 5, drain: 0 } }),
    /exposes users through adapter dial, which cannot tell how many; expose with a flag$/,
  ],
];

it.each(refusals)('refuses %s', async (_what, act, message) => {
  const dial = await aDial();
  await expect(dial.adapter.check(act, work())).rejects.toThrow(message);
  await expect(dial.adapter.check(act, work())).rejects.toMatchObject({ name: 'Refusal' });
  expect(dial.calls).toBe(0);
});

it('passes an act that fits, and says what it found', async () => {
  const dial = await aDial();
  expect(await dial.adapter.check(turning(8), work())).toEqual({ state: { to: 3 } });
});

const definition = {
  name: 'dial',
  settings: z.object({ url: z.url() }),
  state: z.object({ to: z.number() }),
  landsWithin: '1s',
  read: () => Promise.resolve({ to: 3 }),
  restore: () => Promise.resolve(),
  actions: { turn: { input: turn.input, shows: () => true, apply: () => Promise.resolve() } },
} as const;

it('refuses settings that are not what the adapter asks for', () => {
  const open = (settings: object) =>
    openAdapter(defineAdapter(definition), { settings: { ...settings }, books: booksInMemory() });
  expect(() => open({})).toThrow(/^url in settings of adapter dial: Invalid input/);
  expect(() => open({ url: 'http://dial', user: 'x' })).toThrow(
    /^user in settings of adapter dial: is unknown; use one of url$/,
  );
});

it('refuses a definition without a name or an action', () => {
  expect(() => defineAdapter({ ...definition, name: 'Dial.x' })).toThrow(/lower-case letters/);
  expect(() => defineAdapter({ ...definition, actions: {} })).toThrow(/has no action/);
});

it('says what a read answered that is not a state', async () => {
  const wrong = { ...definition, read: () => Promise.resolve({ to: 'three' as unknown as number }) };
  const adapter = openAdapter(defineAdapter(wrong), {
    settings: { url: 'http://dial' },
    books: booksInMemory(),
  });
  await expect(adapter.read(turning(8), work())).rejects.toThrow(
    'dial:volume: adapter dial read to: Invalid input: expected number, received string',
  );
});
