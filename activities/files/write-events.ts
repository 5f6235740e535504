import { channel } from 'node:diagnostics_channel';

/** How far the write of a file is. */
export type WriteEvent =
  /** Its lock is ours, and nothing is written. */
  | 'locked'
  /** The new content is on the disk, beside the file. */
  | 'written'
  /** It has taken the file's place; the lock is still ours. */
  | 'renamed';

/** What is published on `fileMoments`. */
export interface FileEvent {
  readonly file: string;
  readonly moment: WriteEvent;
}

/**
 * Each moment of each write, told in the same tick and in the caller's async context: a crash there leaves what a real
 * one would. With no subscriber, which is always so but under test, it costs a look at a flag.
 */
export const fileEvents = channel('switchback.file-moments');

export function tellEvent(file: string, moment: WriteEvent): void {
  if (fileEvents.hasSubscribers) fileEvents.publish({ file, moment } satisfies FileEvent);
}
