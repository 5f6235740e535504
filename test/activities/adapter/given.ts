import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  booksInMemory,
  defineAdapter,
  openAdapter,
  type Adapter,
  type BookStore,
} from '../../../activities/adapter/index.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Act, Undo } from '../../../src/engine/plan/plan.js';
import { act, action } from '../../../src/steps/index.js';
import { work } from '../../../src/testing/index.js';
import type { Capture, EffectKey } from '../../../src/engine/state/values.js';

export const turn = action('dial.turn', z.strictObject({ to: z.number().int().min(0).max(11) }));

/** What happens in the next call of the system: its answer is lost, it never comes, or it comes late. */
export type Fault = 'none' | 'before' | 'after' | 'late';

/** Milliseconds: a late request lands well within. */
const landsWithin = 40;

/** A dial with its adapter, and the verbs in a test's words. */
export class Dial {
  to = 3;
  calls = 0;
  keys = new Set<string>();
  fault: Fault = 'none';
  /** Says yes to everything, and does nothing. */
  stuck = false;
  /** Ends when every late request has had its effect. */
  landed = Promise.resolve();
  readonly adapter: Adapter;

  constructor(readonly books: BookStore) {
    const set = (to: number, key: string): Promise<void> => {
      const fault = this.fault;
      this.fault = 'none';
      this.calls += 1;
      this.keys.add(key);
      if (fault === 'late') this.landed = sleep(landsWithin / 2).then(() => void (this.to = to));
      else if (fault !== 'before' && !this.stuck) this.to = to;
      return fault === 'none' ? Promise.resolve() : Promise.reject(new Error(`lost ${fault} its effect`));
    };
    const definition = defineAdapter({
      name: 'dial',
      settings: z.strictObject({}),
      state: z.strictObject({ to: z.number() }),
      landsWithin: `${landsWithin}ms`,
      read: () => Promise.resolve({ to: this.to }),
      restore: ({ captured, key }) => set(captured.to, key),
      actions: {
        turn: {
          input: turn.input,
          shows: ({ state, input }) => state.to === input.to,
          apply: ({ input, key }) => set(input.to, key),
        },
      },
    });
    this.adapter = openAdapter(definition, { settings: {}, books });
  }

  read = (): Promise<JsonObject> => this.adapter.read(turning(0), work());
  apply = (to: number, epoch = 0) => this.adapter.apply(turning(to), keyOf(to, epoch), work());
  undo = (to: number, back: number) => this.adapter.undo(turning(to), turn({ to: back }), keyOf(to), work());
  restore = (to: number, state: JsonObject = { to: 3 }) =>
    this.adapter.restore(turning(to), captureOf(state), keyOf(to), work());
  fence = (to: number) => this.adapter.fence(turning(to), keyOf(to), work());
  verify = (to: number, state: JsonObject = { to: 3 }) =>
    this.adapter.verify([turning(to)], captureOf(state), keyOf(to), work());
}

export const rollout = 'rollout/local/turn-it-up/1';

export function turning(to: number, undo: Undo = { type: 'restore' }, more: Partial<Act> = {}): Act {
  const base = act(`turn-${to}`, { why: 'w', verify: 'v', target: 'dial:volume', do: turn({ to }), undo });
  return { ...base, ...more };
}

export function keyOf(to: number, epoch = 0): EffectKey {
  return { rollout, step: `act/turn-${to}`, epoch };
}

function captureOf(state: JsonObject): Capture {
  return { target: 'dial:volume', at: 0, state };
}

/** A dial at 3. */
export async function aDial(books = booksInMemory()): Promise<Dial> {
  return new Dial(books);
}
