import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EvidenceEntry } from '../../../activities/records/evidence.js';
import { EvidenceWriter, type Unkept } from '../../../activities/sentinel/evidence-writer.js';
import { MemoryEvidence } from './fake-shop.js';

const entry: EvidenceEntry = { rollout: 'r', series: 's', from: 1 } as never;
const nobody = () => undefined;

describe('what the store does not take', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function writing(unkept: Unkept = {}) {
    const store = new MemoryEvidence();
    return { store, unkept, writer: new EvidenceWriter(store, unkept, nobody, nobody) };
  }
  const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it('is tried again soon, however long the intervals: a moment of refusal counts for nothing', async () => {
    const { store, writer } = writing();
    store.broken = new Error('a blip');
    writer.write([entry]);
    await after(500);
    store.broken = undefined;
    await after(1_000);
    expect(store.entries).toEqual([entry]);
    expect(writer.refusedFor(0)).toBeUndefined();
  });

  it('does not count once it has been refused for long, and does as soon as it is taken', async () => {
    const { store, writer } = writing();
    store.broken = new Error('disk full');
    writer.write([entry]);
    await after(29_999);
    expect(writer.refusedFor(30_000)).toBeUndefined();
    await after(1);
    expect(writer.refusedFor(30_000)).toBe('Error: disk full');
    store.broken = undefined;
    await after(1_000);
    expect(writer.refusedFor(30_000)).toBeUndefined();
  });

  it('is missed also when the store hangs', async () => {
    const { store, writer } = writing();
    store.append = () => new Promise(nobody);
    writer.write([entry]);
    await after(30_000);
    expect(writer.refusedFor(30_000)).toBe('the store does not answer');
  });

  it('is known to the next shift, which has not written yet', async () => {
    const { store, writer, unkept } = writing();
    store.broken = new Error('disk full');
    writer.write([entry]);
    await after(40_000);
    writer.stop();
    expect(writing(unkept).writer.refusedFor(30_000)).toBe('Error: disk full');
  });

  it('is not tried again by a shift that is over', async () => {
    const { store, writer } = writing();
    store.broken = new Error('disk full');
    writer.write([entry]);
    writer.stop();
    await after(500);
    store.broken = undefined;
    await after(60_000);
    expect(store.entries).toEqual([]);
  });
});
