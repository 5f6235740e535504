import { describe, expect, it, vi } from 'vitest';
import type { Caller } from '../../../apps/api/caller.js';
import { createStreams } from '../../../apps/api/events/streams.js';
import { httpMetrics } from '../../../apps/api/http-metrics.js';
import { byName } from '../../../apps/api/identity/by-name.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { clientOf } from './door.js';

const caller: Caller = { name: 'ana', kind: 'person', groups: [], proof: 'token' };
const eventOf = (number: number): JournalEvent => ({
  number,
  at: 0,
  type: 'paused',
  reason: `event ${number}`,
});

/** A rollout whose journal a test writes, and streams that look after it often. */
function stage(identities = {}) {
  const known = { events: [] as JournalEvent[], endedAt: undefined as number | undefined, looks: 0 };
  const client = clientOf({
    describe: () =>
      Promise.resolve({
        runId: 'r',
        historyLength: known.events.length,
        ...(known.endedAt !== undefined && { endedAt: known.endedAt }),
      }),
    journal: () => {
      known.looks += 1;
      return Promise.resolve([...known.events]);
    },
  });
  const streams = createStreams({
    client,
    identities: { ...byName(() => ({})), ...identities },
    metrics: httpMetrics(),
    pace: { look: 5, comment: 5 },
  });
  return {
    known,
    streams,
    open: (after = 0, signal = new AbortController().signal) =>
      streams.open({ rollout: 'rollout/here/some-thing/k1', runbook: 'some-thing', caller, after, signal }),
  };
}

/** What a stream said, as it comes. */
function listen(response: Response) {
  const heard = { text: '', over: false };
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      heard.text += decoder.decode(chunk, { stream: true });
    }
    heard.over = true;
  })().catch(() => (heard.over = true));
  return heard;
}

const numbersOf = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));

describe('a stream of events', () => {
  it('tells each once as the journal grows, reads it once for all, and ends with the rollout', async () => {
    const { known, open } = stage();
    known.events = [1, 2].map(eventOf);
    const heard = [listen(await open()), listen(await open(1))];
    await vi.waitUntil(() => heard.every(({ text }) => numbersOf(text).includes(2)));
    const looks = known.looks;
    known.events = [1, 2, 3].map(eventOf);
    await vi.waitUntil(() => heard.every(({ text }) => numbersOf(text).includes(3)));
    expect(known.looks).toBe(looks + 1);
    known.endedAt = 1;
    await vi.waitUntil(() => heard.every(({ over }) => over));
    expect(heard.map(({ text }) => numbersOf(text))).toEqual([
      [1, 2, 3],
      [2, 3],
    ]);
    expect(heard[0]?.text).toMatch(/: still here\n\n[\s\S]*event: ended\ndata: \{\}\n\n$/);
    expect((await open(3)).status).toBe(204);
  });

  it('says that events are missing when they are not in the workflow any more', async () => {
    const { known, open } = stage();
    known.events = [7, 8].map(eventOf);
    const heard = listen(await open(3));
    await vi.waitUntil(() => numbersOf(heard.text).includes(8));
    expect(heard.text).toMatch(/^event: resync\ndata: \{"from":7\}\n\nid: 7\n/);
  });

  it('ends when the token holds no longer, or when its principal may not look any more', async () => {
    for (const lost of ['stillHolds', 'deniedFor'] as const) {
      let over = false;
      const taken = {
        stillHolds: () => true,
        deniedFor: () => undefined,
        [lost]: () => (lost === 'stillHolds' ? !over : over ? 'no right' : undefined),
      };
      const { open } = stage(taken);
      const heard = listen(await open());
      await vi.waitUntil(() => heard.text.includes(': still here'));
      over = true;
      await vi.waitUntil(() => heard.over);
      expect([lost, heard.text]).toEqual([lost, expect.stringMatching(/event: expired\ndata: \{\}\n\n$/)]);
    }
  });

  it('has a last event when the server ends', async () => {
    const { streams, open } = stage();
    const heard = listen(await open());
    await vi.waitUntil(() => heard.text !== '');
    streams.close();
    await vi.waitUntil(() => heard.over);
    expect(heard.text).toMatch(/event: shutdown\ndata: \{\}\n\n$/);
  });

  it('is cut when its reader is too slow', async () => {
    const { known, open } = stage();
    const long = 'x'.repeat(200_000);
    known.events = Array.from({ length: 20 }, (_, index) => ({ ...eventOf(index + 1), reason: long }));
    const response = await open();
    await vi.waitUntil(() => known.looks > 0);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(response.text()).rejects.toThrow(/too slow/);
  });
});
