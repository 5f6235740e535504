import type { JournalEvent } from '../../../src/engine/state/journal.js';

/** Bytes that may wait for a reader; one that is slower is cut, and comes again with the last number it heard. */
const mostWaiting = 1_048_576;

/** Writes server-sent events. */
export interface Writer {
  readonly stream: ReadableStream<Uint8Array>;
  /** Tells the events after a number; answers the last that was told. */
  tell(events: readonly JournalEvent[], after: number): number;
  comment(): void;
  end(event?: string): void;
}

/** @param cut is called when the reader has gone, or is too slow */
export function openWriter(cut: () => void): Writer {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (given) => void (controller = given),
      cancel: () => cut(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaiting }),
  );
  function write(text: string): void {
    if (!controller) return;
    if ((controller.desiredSize ?? 0) > 0) return controller.enqueue(encoder.encode(text));
    controller.error(new Error('the reader is too slow'));
    controller = undefined;
    cut();
  }
  return {
    stream,
    tell(events, after) {
      const first = events[0]?.number ?? 1;
      const newest = events.at(-1)?.number ?? 0;
      // What lies between is in the exported journal alone; or a run that was reset numbers anew.
      const lost = first > after + 1 || newest < after;
      if (lost) write(eventText('resync', { from: first }));
      const from = lost ? first - 1 : after;
      for (const event of events) {
        if (event.number > from) write(`id: ${event.number}\n${eventText('journal', event)}`);
      }
      return newest;
    },
    comment: () => write(': still here\n\n'),
    end(event) {
      if (!controller) return;
      if (event !== undefined) write(eventText(event, {}));
      controller?.close();
      controller = undefined;
    },
  };
}

function eventText(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
