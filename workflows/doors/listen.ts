import { ApplicationFailure, defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
// oxlint-disable-next-line no-restricted-imports -- the one place: here every argument is read before it is handed on
import { setHandler } from '@temporalio/workflow';
import { attempt, type Read, type Reader } from '../../src/engine/base/read.js';
import type { Door } from '../../src/protocol/doors.js';
import { receive } from './deliver.js';

type Readers = { readonly [name: string]: Reader<unknown> };
type Handlers<M extends Readers> = { readonly [N in keyof M & string]: (given: Read<M[N]>) => unknown };

/** What becomes of each message of a door. */
export interface Listeners<D extends Door> {
  /** They end at once: whatever takes time is done by somebody else. */
  readonly signals: { readonly [N in keyof D['signals'] & string]: (given: Read<D['signals'][N]>) => void };
  readonly updates: Handlers<D['updates']>;
  readonly queries: Handlers<D['queries']>;
  /** Why no update is taken now; undefined when they are. A refused one leaves nothing in history. */
  refuses?(given: Read<D['updates'][keyof D['updates']]>): string | undefined;
}

/**
 * Sets all handlers of a workflow. Nothing but what its reader makes of an argument reaches one of them: what is no
 * message is ignored, refused or not answered, and never throws in a handler, which would stop the workflow for good.
 */
export function listen<D extends Door>(door: D, listeners: Listeners<D>): void {
  const { refuses } = listeners;
  receive(new Map(Object.entries(listeners.signals as Record<string, (given: unknown) => void>)));
  // They are delivered past the SDK: see signals.ts. This only shows their names in Temporal's own tools.
  for (const name of Object.keys(door.signals)) setHandler(defineSignal(name), () => undefined);
  each(door.updates, listeners.updates, (name, read, handle) => {
    const validator = (given: unknown) => {
      const message = read(given, name);
      const reason = refuses?.(message as Parameters<typeof refuses>[0]);
      if (reason !== undefined) throw new TypeError(reason);
    };
    const take = async (given: unknown) => {
      const message = attempt(read, given, name);
      // A build that knew less may have accepted it.
      if ('fault' in message) throw ApplicationFailure.nonRetryable(message.fault, 'Refused');
      return handle(message.value);
    };
    setHandler(defineUpdate<unknown, [unknown]>(name), take, { validator });
  });
  each(door.queries, listeners.queries, (name, read, handle) =>
    setHandler(defineQuery<unknown, [unknown]>(name), (given) => handle(read(given, name))),
  );
}

function each(
  readers: Readers,
  handlers: Readonly<Record<string, (given: never) => unknown>>,
  set: (name: string, read: Reader<unknown>, handle: (given: unknown) => unknown) => void,
): void {
  for (const [name, read] of Object.entries(readers)) {
    set(name, read, handlers[name] as (given: unknown) => unknown);
  }
}
