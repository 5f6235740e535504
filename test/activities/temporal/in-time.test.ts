import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { inTime } from '../../../activities/temporal/in-time.js';

/** A client whose calls take no notice of deadlines and signals, as the native one's do while the server is away. */
const deaf = {
  withDeadline: (_: unknown, call: () => unknown) => call(),
  withAbortSignal: (_: unknown, call: () => unknown) => call(),
} as unknown as Client;
const never = () => new Promise<never>(() => undefined);

it('gives up when the time is over, whatever the client does', async () => {
  const { signal } = new AbortController();
  await expect(inTime(deaf, signal, 10, never)).rejects.toThrow('no answer within 0.01 s');
});

it('gives up when the work ends', async () => {
  const end = new AbortController();
  const call = inTime(deaf, end.signal, 600_000, never);
  end.abort(new Error('the worker ends'));
  await expect(call).rejects.toThrow('the worker ends');
});

it('answers, and passes errors on', async () => {
  const { signal } = new AbortController();
  expect(await inTime(deaf, signal, 600_000, () => Promise.resolve('here'))).toBe('here');
  await expect(inTime(deaf, signal, 600_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
