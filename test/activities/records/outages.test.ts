import { describe, expect, it, onTestFinished } from 'vitest';
import { openRecords, type Records } from '../../../activities/records/records.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { openProxy, type Proxy } from '../../chaos/proxy.js';
import { freshRecords, type FreshRecords } from '../../support/records.js';
import { eventually } from '../../support/eventually.js';

const rollout = 'rollout/local/split-customer-name/1';
const target = 'queue:orders';
const never = new AbortController().signal;

/** Two workers that share nothing but the database; the network of the second can be taken away. */
interface Two {
  readonly records: FreshRecords;
  readonly cut: Records;
  readonly network: Proxy;
}

async function given(): Promise<Two> {
  const records = await freshRecords();
  const url = new URL(records.url);
  const network = await openProxy(Number(url.port));
  url.port = String(network.port);
  const cut = openRecords(url.href);
  onTestFinished(async () => {
    await cut.close();
    await network.close();
    await records.close();
  });
  return { records, cut, network };
}

const captureAt = (at: number) => ({ target, at, state: { consumers: at } }) as const;
const event = (number: number): JournalEvent => ({ number, at: number, type: 'warning', reason: 'r' });

/** What is asked of a store while its network is away, and whether it says so. */
const asks: Record<string, (records: Records) => Promise<unknown>> = {
  'a capture': ({ captures }) => captures.putIfAbsent(rollout, target, captureAt(2)),
  'a journal': ({ journal }) => journal.append(rollout, [event(1), event(2)]),
  evidence: ({ evidence }) =>
    evidence.append([{ series: 's', reading: { guard: 'g', verdict: 'pass', at: 1, reason: '' } }]),
  'a book': ({ books }) => books.open({ rollout, target }, never),
};

describe('a worker that loses the database', () => {
  it.each(Object.entries(asks))('fails to keep %s, and goes on by itself when it is back', async (_, ask) => {
    const { records, cut, network } = await given();
    await records.captures.putIfAbsent(rollout, target, captureAt(1));
    await ask(cut).then((kept) => (kept as { close?(): Promise<void> } | undefined)?.close?.());
    const back = network.hang();
    await expect(ask(cut)).rejects.toThrow();
    // The other notices nothing.
    await records.journal.append(rollout, [event(1), event(2), event(3)]);
    back();
    const kept = await eventually(() => ask(cut));
    await (kept as { close?(): Promise<void> } | undefined)?.close?.();
    expect(await cut.captures.get(rollout, target)).toEqual(captureAt(1));
    expect(await records.journal.verify(rollout)).toMatchObject({ ok: true, entries: 3 });
  });

  it('loses the lock of a target, knows it, and cannot write over whoever has it next', async () => {
    const { records, cut, network } = await given();
    const first = await cut.books.open({ rollout, target }, never);
    await first.save({ by: 'first' });
    const back = network.hang();
    // As soon as the server has heard nothing for as long as the lock lasts.
    const second = await records.books.open({ rollout, target }, never);
    expect(() => first.held()).toThrow(/its lock was lost while working/);
    expect(second.content).toEqual({ by: 'first' });
    await second.save({ by: 'second' });
    back();
    await expect(first.save({ by: 'first, late' })).rejects.toThrow();
    await first.close();
    await second.close();
    const third = await records.books.open({ rollout, target }, never);
    expect(third.content).toEqual({ by: 'second' });
    await third.close();
  });
});

describe('books', () => {
  it('are opened one after the other, whichever worker and rollout, and other targets beside them', async () => {
    const { records } = await given();
    const other = records.again();
    const first = await records.books.open({ rollout, target }, never);
    const aside = await other.books.open({ rollout, target: 'queue:mail' }, never);
    await aside.close();
    let open = false;
    const second = other.books.open({ rollout: `${rollout}0`, target }, never).then((book) => {
      expect(open).toBe(true);
      return book;
    });
    await first.save({ entries: [] });
    open = true;
    await first.close();
    const book = await second;
    expect(book.content).toBeUndefined();
    await book.close();
  });

  it('stop waiting when the work is cancelled', async () => {
    const { records } = await given();
    const first = await records.books.open({ rollout, target }, never);
    const cancelled = new AbortController();
    const second = records.again().books.open({ rollout, target }, cancelled.signal);
    cancelled.abort(new Error('enough'));
    await expect(second).rejects.toThrow(/enough|aborted/);
    await first.close();
  });
});
