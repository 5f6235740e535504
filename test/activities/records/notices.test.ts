import { describe, expect, it, onTestFinished } from 'vitest';
import { Undeliverable, type Channel } from '../../../activities/notify/channels/channel.js';
import type { NoticeEvent } from '../../../activities/notify/event.js';
import { deliver, deliverNotices } from '../../../activities/notify/post-office.js';
import { routedNotifier } from '../../../activities/notify/routed.js';
import { freshRecords } from '../../support/records.js';
import { eventually } from '../../support/rollouts.js';

async function given() {
  const records = await freshRecords();
  onTestFinished(() => records.close());
  return records;
}

const lease = 60_000;
const event = (id: string, rollout = 'rollout/staging/a/1'): NoticeEvent => ({
  id,
  type: 'news',
  at: new Date().toISOString(),
  environment: 'staging',
  rollout,
  text: id,
});

describe('notices', () => {
  it('are kept once, whoever keeps them, and go to each channel once', async () => {
    const { notices, again } = await given();
    await Promise.all([notices, again().notices, notices].map((store) => store.put(event('1'), ['a', 'b'])));
    const taken = await Promise.all([notices.due(['a', 'b'], lease), again().notices.due(['a', 'b'], lease)]);
    expect(
      taken
        .flat()
        .map(({ channel }) => channel)
        .sort(),
    ).toEqual(['a', 'b']);
    expect(await notices.due(['a', 'b'], lease)).toEqual([]);
  });

  it('of one rollout come in order: what failed before holds back what follows, and nobody else', async () => {
    const { notices } = await given();
    for (const id of ['1', '2']) await notices.put(event(id), ['a', 'b']);
    await notices.put(event('3', 'rollout/staging/b/1'), ['a']);
    const first = await notices.due(['a'], lease);
    expect(first.map(({ event }) => event.id).sort()).toEqual(['1', '3']);
    await notices.failed(
      first.find(({ event }) => event.id === '1')!,
      'it is away',
      3_600_000,
    );
    expect(await notices.due(['a'], lease)).toEqual([]);
    expect((await notices.due(['b'], lease)).map(({ event }) => event.id)).toEqual(['1']);
  });

  it('whose receiver answers with a zero byte are settled all the same', async () => {
    const { notices } = await given();
    await notices.put(event('1'), ['a']);
    const [due] = await notices.due(['a'], lease);
    await notices.failed(due!, 'what \0 is this', undefined);
    expect(await notices.dead()).toMatchObject([{ fault: 'what \uFFFD is this' }]);
  });

  it('that a worker took and did not settle are taken by another one', async () => {
    const { notices } = await given();
    await notices.put(event('1'), ['a']);
    await notices.due(['a'], 0);
    expect(await notices.due(['a'], lease)).toMatchObject([{ channel: 'a', tries: 1 }]);
  });

  it('that no channel takes are listed, do not hold back what follows, and can be sent again', async () => {
    const { notices } = await given();
    const never: Channel = { deliver: () => Promise.reject(new Undeliverable('no such receiver')) };
    for (const id of ['1', '2']) await notices.put(event(id), ['a']);
    for (const _ of ['1', '2']) {
      for (const one of await notices.due(['a'], lease)) {
        await deliver(notices, { a: never }, one, new AbortController().signal);
      }
    }
    expect(await notices.dead()).toMatchObject([
      { id: '2', channel: 'a', fault: 'no such receiver', tries: 1 },
      { id: '1', channel: 'a' },
    ]);
    expect(await notices.sendAgain('1')).toBe(1);
    expect(await notices.due(['a'], lease)).toMatchObject([{ tries: 0, event: { id: '1' } }]);
    expect(await notices.sendAgain()).toBe(1);
  });
});

describe('a worker', () => {
  it('delivers what was kept before it came, and says of what is old that it is late', async () => {
    const { notices } = await given();
    const told: NoticeEvent[] = [];
    const old = { ...event('1'), at: '2026-11-30T02:00:00.000Z' };
    await notices.put(old, ['a']);
    await notices.put(event('2'), ['a']);
    const ended = new AbortController();
    const channel: Channel = { deliver: (one) => (told.push(one), Promise.resolve()) };
    const working = deliverNotices(notices, { a: channel }, ended.signal);
    await eventually(() => {
      if (told.length < 2) throw new Error('not yet');
    });
    ended.abort();
    await working;
    expect(told).toEqual([{ ...old, late: true }, expect.objectContaining({ id: '2' })]);
    expect(told[1]).not.toHaveProperty('late');
  });

  it('calls at once, past records that keep nothing, and only when somebody must act', async () => {
    const told: NoticeEvent[] = [];
    const channels = { a: { deliver: (one: NoticeEvent) => (told.push(one), Promise.resolve()) } };
    const { notices, query } = await given();
    await query('DROP TABLE switchback.notices CASCADE');
    const notifier = routedNotifier({
      environment: 'staging',
      channels,
      routes: [{ to: ['a'] }],
      store: notices,
    });
    const notice = { rollout: 'rollout/staging/a/1', text: 'something' };
    await notifier.send({ ...notice, urgency: 'incident' });
    await expect(notifier.send({ ...notice, urgency: 'news' })).rejects.toThrow(/switchback\.notices/);
    expect(told).toMatchObject([{ type: 'incident', text: 'something' }]);
  });
});
