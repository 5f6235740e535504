import { describe, expect, it, onTestFinished } from 'vitest';
import type { SlackMessage } from '../../../activities/slack/message.js';
import type { Saying } from '../../../activities/slack/store.js';
import { saidBy } from '../../../activities/slack/sealed.js';
import { freshRecords } from '../../support/records.js';
import { eventually } from '../../support/eventually.js';

async function given() {
  const records = await freshRecords();
  onTestFinished(() => records.close());
  return records;
}

const rollout = 'rollout/staging/a/1';
const lease = 60_000;
const message = (text: string): SlackMessage => ({ text, blocks: [] });
const saying = (about: string, text: string, more: Partial<Saying> = {}): Saying => ({
  rollout,
  about,
  channel: 'C1',
  rank: 4,
  message: message(text),
  ...more,
});
const started = { number: 1, at: 0, type: 'started', reason: 'by ana' } as const;

describe('what is to stand in Slack', () => {
  it('is said by one of all who want to, and the newest of it', async () => {
    const { slack, again } = await given();
    await slack.say(saying('root', 'old'));
    await slack.say(saying('root', 'new'));
    expect(await slack.waitingChannels()).toEqual(['C1']);
    const taken = await Promise.all(
      [slack, again().slack, again().slack].map((store) => store.take('C1', 0, lease)),
    );
    const due = taken.filter((one) => one !== undefined);
    expect(due).toHaveLength(1);
    expect(due[0]).toMatchObject({
      about: 'root',
      wanted: message('new'),
      said: saidBy(message('new')),
      tries: 0,
    });
    expect(due[0]?.ts).toBeUndefined();
    expect(due[0]?.unsureSince).toBeUndefined();
    await slack.stands(due[0]!, '1.1', due[0]!.said);
    expect(await slack.take('C1', 0, lease)).toBeUndefined();
    expect(await slack.waitingChannels()).toEqual([]);
    await slack.say(saying('root', 'newer'));
    expect(await slack.take('C1', 0, lease)).toMatchObject({ ts: '1.1', wanted: message('newer') });
    expect(await slack.message(due[0]!.id)).toEqual({
      id: due[0]!.id,
      rollout,
      about: 'root',
      channel: 'C1',
      ts: '1.1',
    });
    expect(await slack.wanted(rollout, 'root')).toEqual(message('newer'));
    expect(await slack.message('nobody')).toBeUndefined();
  });

  it('is as urgent as it was wanted last: what is only measured again comes after all else', async () => {
    const { slack } = await given();
    await slack.say(saying('gate/go/0', 'go?', { rank: 0 }));
    const due = await slack.take('C1', 0, lease);
    await slack.stands(due!, '1.1', due!.said);
    await slack.say(saying('gate/go/0', 'go? 0.3 %', { rank: 6 }));
    await slack.say(saying('root', 'root', { rank: 4 }));
    expect(await slack.take('C1', 0, lease)).toMatchObject({ about: 'root' });
    expect(await slack.take('C1', 0, lease)).toMatchObject({ about: 'gate/go/0' });
  });

  it('goes out one in a while for each channel, the most urgent first', async () => {
    const { slack } = await given();
    await slack.say(saying('root', 'root'));
    await slack.say(saying('gate/go/0', 'go?', { rank: 0 }));
    await slack.say(saying('incident/x', 'look', { rank: 1, channel: 'C2' }));
    expect(await slack.take('C1', 3_600_000, lease)).toMatchObject({ about: 'gate/go/0' });
    expect(await slack.take('C1', 0, lease)).toBeUndefined();
    expect(await slack.take('C2', 0, lease)).toMatchObject({ about: 'incident/x' });
  });

  it('waits in a channel as long as Slack asks', async () => {
    const { slack } = await given();
    await slack.say(saying('root', 'root'));
    const due = await slack.take('C1', 0, lease);
    await slack.failed(due!, 'busy', 0, false);
    await slack.hush('C1', 3_600_000);
    expect(await slack.take('C1', 0, lease)).toBeUndefined();
  });

  it('that failed with a zero byte in the reason is settled all the same', async () => {
    const { slack } = await given();
    await slack.say(saying('root', 'root'));
    const due = await slack.take('C1', 0, lease);
    await slack.failed(due!, 'what \0 is this', 0, false);
    await slack.gone(due!, 'gone \0 too');
    expect(await slack.take('C1', 0, lease)).toMatchObject({ about: 'root' });
  });

  it('that somebody tried and did not hear of is looked for by whoever takes it then', async () => {
    const { slack, again } = await given();
    await slack.say(saying('root', 'root'));
    const before = Date.now();
    await slack.take('C1', 0, 0);
    const due = await again().slack.take('C1', 0, lease);
    expect(due?.unsureSince).toBeGreaterThan(before - 60_000);
    await slack.failed(due!, 'refused', 0, false);
    expect((await slack.take('C1', 0, lease))?.unsureSince).toBeUndefined();
  });

  it('in a thread waits for its first message, and keeps its order', async () => {
    const { slack } = await given();
    await slack.say(saying('steps/1', 'one', { thread: 'root', rank: 0 }));
    await slack.say(saying('steps/2', 'two', { thread: 'root', rank: 0, happenedAt: 1_000 }));
    expect(await slack.take('C1', 0, lease)).toBeUndefined();
    await slack.say(saying('root', 'root'));
    const root = await slack.take('C1', 0, lease);
    expect(root).toMatchObject({ about: 'root' });
    await slack.stands(root!, '1.1', root!.said);
    const one = await slack.take('C1', 0, lease);
    expect(one).toMatchObject({ about: 'steps/1', thread: '1.1' });
    await slack.failed(one!, 'away', 3_600_000, true);
    expect(await slack.take('C1', 0, lease)).toBeUndefined();
    await slack.stands(one!, '1.2', one!.said);
    expect(await slack.take('C1', 0, lease)).toMatchObject({
      about: 'steps/2',
      thread: '1.1',
      happenedAt: 1_000,
    });
  });

  it('that is settled before it was said is not said any more', async () => {
    const { slack } = await given();
    await slack.say(saying('gate/go/0', 'go?'));
    await slack.settle(saying('gate/go/0', 'approved'));
    expect(await slack.messages(rollout)).toEqual([]);
    await slack.say(saying('gate/go/1', 'go?'));
    await slack.take('C1', 0, 0);
    await slack.settle(saying('gate/go/1', 'approved'));
    expect(await slack.take('C1', 0, lease)).toMatchObject({ wanted: message('approved') });
  });

  it('that somebody deleted is posted again, once; the second time it is left', async () => {
    const { slack } = await given();
    await slack.say(saying('root', 'root'));
    await slack.say(saying('steps/1', 'one', { thread: 'root' }));
    const first = await slack.take('C1', 0, lease);
    await slack.stands(first!, '1.1', first!.said);
    await slack.say(saying('root', 'newer'));
    const edit = await slack.take('C1', 0, lease);
    expect(edit).toMatchObject({ about: 'root', ts: '1.1' });
    await slack.gone(edit!, 'message_not_found');
    const again = await slack.take('C1', 0, lease);
    expect(again).toMatchObject({ about: 'root', wanted: message('newer') });
    expect([again?.ts, again?.unsureSince]).toEqual([undefined, undefined]);
    await slack.stands(again!, '2.2', again!.said);
    // Its thread goes on under the new one.
    expect(await slack.take('C1', 0, lease)).toMatchObject({ about: 'steps/1', thread: '2.2' });
    await slack.say(saying('root', 'newest'));
    const last = await slack.take('C1', 0, lease);
    await slack.gone(last!, 'message_not_found');
    await slack.say(saying('root', 'newest of all'));
    expect(await slack.take('C1', 0, lease)).toBeUndefined();
  });

  it('that Slack did not take as it was is tried again when it is another', async () => {
    const { slack } = await given();
    await slack.say(saying('gate/go/0', 'too odd', { rank: 0 }));
    const due = await slack.take('C1', 0, lease);
    await slack.failed(due!, 'invalid_blocks', undefined, false);
    await slack.say(saying('gate/go/0', 'too odd', { rank: 0 }));
    expect(await slack.take('C1', 0, lease)).toBeUndefined();
    await slack.say(saying('gate/go/0', 'plain', { rank: 0 }));
    expect(await slack.take('C1', 0, lease)).toMatchObject({ wanted: message('plain'), tries: 0 });
  });

  it('that nobody will ever take is left', async () => {
    const { slack } = await given();
    await slack.say(saying('root', 'root'));
    const due = await slack.take('C1', 0, lease);
    await slack.failed(due!, 'invalid_blocks', undefined, false);
    expect(await slack.waitingChannels()).toEqual([]);
  });
});

describe('rollouts', () => {
  it('are looked at when their journal has grown, by one at a time, and no more when they are over', async () => {
    const { slack, journal, again } = await given();
    await journal.append(rollout, [started]);
    const [first] = await eventually(async () => {
      const found = await slack.follow(10, lease);
      expect(found).toEqual([{ rollout, entries: 1, told: 0 }]);
      return found;
    });
    expect(await again().slack.follow(10, lease)).toEqual([]);
    await journal.append(rollout, [{ ...started, number: 2, type: 'ended' }]);
    expect(await again().slack.follow(10, lease)).toEqual([]);
    await slack.looked(first!, 1, undefined);
    const [second] = await slack.follow(10, lease);
    expect(second).toEqual({ rollout, entries: 2, told: 1 });
    await slack.looked(second!, 2, undefined);
    expect(await slack.follow(10, lease)).toEqual([]);
  });

  it('are followed, and no other journals: those of locks and doors are of no rollout', async () => {
    const { slack, journal } = await given();
    for (const name of ['locks/staging', 'slack/staging/2026-12']) await journal.append(name, [started]);
    expect(await slack.follow(10, lease)).toEqual([]);
    await journal.append(rollout, [started]);
    const found = await slack.follow(10, lease);
    expect(found.map((one) => one.rollout)).toEqual([rollout]);
  });

  it('that nobody came back with are looked at by another', async () => {
    const { slack, journal, again } = await given();
    await journal.append(rollout, [started]);
    expect(await slack.follow(10, 0)).toHaveLength(1);
    expect(await again().slack.follow(10, lease)).toHaveLength(1);
  });

  it('that ended long ago are forgotten, with what was said of them', async () => {
    const { slack, again, query } = await given();
    for (const [name, ago] of [
      [rollout, '91 days'],
      ['rollout/staging/b/1', '1 day'],
    ] as const) {
      await query(
        `INSERT INTO switchback.slack_rollouts (rollout, over, look_at) VALUES ($1, true, now() - $2::interval)`,
        [name, ago],
      );
      await slack.say(saying('root', 'over', { rollout: name }));
    }
    await again().slack.follow(10, lease);
    expect(await slack.messages(rollout)).toEqual([]);
    expect(await slack.messages('rollout/staging/b/1')).toHaveLength(1);
  });

  it('are looked at again after a while', async () => {
    const { slack, journal } = await given();
    await journal.append(rollout, [started]);
    const [first] = await slack.follow(10, lease);
    await slack.looked(first!, 1, 3_600_000);
    expect(await slack.follow(10, lease)).toEqual([]);
    await slack.looked(first!, 1, 0);
    expect(await slack.follow(10, lease)).toHaveLength(1);
  });
});
