import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Message } from '../../../src/engine/state/messages.js';
import type { Target } from '../../../src/engine/plan/plan.js';
import type { Verb } from '../../../src/engine/state/ports.js';

/** A verb that was started, with what the rollout's state said at that moment. */
export interface CallEntry {
  readonly type: 'call';
  readonly at: number;
  readonly call: number;
  readonly verb: Verb;
  readonly step?: string;
  readonly target?: Target;
  readonly epoch?: number;
  readonly input: unknown;
  /** Whether the undo of the step was registered. */
  readonly registered: boolean;
  readonly held: boolean;
}

export type Entry =
  | CallEntry
  | {
      readonly type: 'end';
      readonly at: number;
      readonly call: number;
      readonly verb: Verb;
      readonly step?: string;
      readonly target?: Target;
      readonly ok: boolean;
      readonly value?: unknown;
    }
  | { readonly type: 'cancel'; readonly at: number; readonly call: number }
  /** The world changed: only when it is not what it was. */
  | {
      readonly type: 'change';
      readonly at: number;
      readonly verb: Verb;
      readonly step: string;
      readonly target: Target;
      readonly irreversible: boolean;
    }
  | { readonly type: 'arrived'; readonly at: number; readonly message: Message }
  /** Taken by the interpreter, with how it stood just before. */
  | {
      readonly type: 'taken';
      readonly at: number;
      readonly message: Message;
      readonly exposure: number;
      readonly exposedFrom?: number;
      readonly stopped: boolean;
    }
  | { readonly type: 'event'; readonly at: number; readonly event: JournalEvent };

export type EntryOf<T extends Entry['type']> = Extract<Entry, { type: T }> & { readonly index: number };

/** Everything that happened, in order. */
export class Trace {
  readonly entries: Entry[] = [];

  add(entry: Entry): void {
    this.entries.push(entry);
  }

  of<T extends Entry['type']>(type: T): EntryOf<T>[] {
    return this.entries.flatMap((entry, index) =>
      entry.type === type ? [{ ...entry, index } as EntryOf<T>] : [],
    );
  }

  calls(...verbs: Verb[]): EntryOf<'call'>[] {
    return this.of('call').filter(({ verb }) => verbs.includes(verb));
  }

  ends(...verbs: Verb[]): EntryOf<'end'>[] {
    return this.of('end').filter(({ verb }) => verbs.includes(verb));
  }

  endOf(call: number): EntryOf<'end'> | undefined {
    return this.of('end').find((entry) => entry.call === call);
  }

  events(...types: JournalEvent['type'][]): EntryOf<'event'>[] {
    return this.of('event').filter(({ event }) => types.includes(event.type));
  }
}
