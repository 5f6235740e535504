import { z } from 'zod';
import {
  booksInMemory,
  defineAdapter,
  openAdapter,
  type Adapter,
  type BookStore,
} from '../../activities/adapter/index.js';
import { act, action } from '../../src/steps/index.js';
import { adapterContract } from '../../src/testing/index.js';

/** Adapters that break the contract, each in one way: `contract.test.ts` runs this file and expects it to fail. */
const turn = action('dial.turn', z.strictObject({ to: z.number() }));

interface World {
  to: number;
}

function define(world: World) {
  return {
    name: 'dial',
    settings: z.strictObject({}),
    state: z.strictObject({ to: z.number() }),
    landsWithin: '1ms' as const,
    read: () => Promise.resolve({ to: world.to }),
    restore: ({ captured }: { captured: { to: number } }) => {
      world.to = captured.to;
      return Promise.resolve();
    },
    shows: ({ state, input }: { state: { to: number }; input: { to: number } }) => state.to === input.to,
    apply: ({ input }: { input: { to: number } }) => {
      world.to = input.to;
      return Promise.resolve();
    },
  };
}

function open(world: World, books: BookStore, change: Partial<ReturnType<typeof define>> = {}): Adapter {
  const { shows, apply, ...rest } = { ...define(world), ...change };
  const definition = defineAdapter({ ...rest, actions: { turn: { input: turn.input, shows, apply } } });
  return openAdapter(definition, { settings: {}, books });
}

const unfit: Record<string, (world: World, books: BookStore) => Adapter> = {
  'always shows': (world, books) => open(world, books, { shows: () => true }),
  'never puts back': (world, books) => open(world, books, { restore: () => Promise.resolve() }),
  'reads what it remembers': (world, books) => open(world, books, { read: () => Promise.resolve({ to: 3 }) }),
  'changes when it reads': (world, books) =>
    open(world, books, {
      read: () => {
        world.to += 1;
        return Promise.resolve({ to: world.to });
      },
    }),
  'forgets what it buried': (world, books) => {
    const adapter = open(world, books);
    const fresh = (epoch: number) => ({ rollout: `r/${Math.random()}`, step: 's', epoch });
    return { ...adapter, apply: (given, key, work) => adapter.apply(given, fresh(key.epoch), work) };
  },
  'has another name': (world, books) => ({ ...open(world, books), name: 'knob' }),
  fits: (world, books) => open(world, books),
};

for (const [name, adapter] of Object.entries(unfit)) {
  adapterContract(name, {
    acts: {
      turn: () => {
        const world = { to: 3 };
        return Promise.resolve({
          adapter: adapter(world, booksInMemory()),
          act: act('turn', {
            why: 'w',
            verify: 'v',
            target: 'dial:volume',
            do: turn({ to: 8 }),
            undo: { type: 'restore' },
          }),
          observe: () => Promise.resolve(world.to),
          close: () => Promise.resolve(),
        });
      },
    },
  });
}
