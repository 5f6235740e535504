import { describe, expect, it, onTestFinished } from 'vitest';
import type { Afflicted } from '../../../activities/slack/troubles.js';
import { freshRecords } from '../../support/records.js';

async function given() {
  const records = await freshRecords();
  onTestFinished(() => records.close());
  return { troubles: records.slack.troubles, ...records };
}

const cause = 'source/staging/shop';
const suffers = (name: string, more: Partial<Afflicted> = {}): Afflicted => ({
  rollout: `rollout/staging/${name}/1`,
  how: 'holds',
  text: 'it cannot be read',
  at: 1_000,
  ...more,
});

describe('a trouble that rollouts have in common', () => {
  it('is one for all that join at the same time, whichever process hears of them', async () => {
    const { troubles, again } = await given();
    const stores = [troubles, again().slack.troubles, again().slack.troubles];
    const joined = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        stores[index % 3]!.join(cause, suffers(`r${index}`, { at: 1_000 + index })),
      ),
    );
    expect(new Set(joined).size).toBe(1);
    expect(await troubles.members(joined[0]!)).toHaveLength(12);
  });

  it('goes on while one still has it, and begins anew after that', async () => {
    const { troubles } = await given();
    const first = await troubles.join(cause, suffers('a'));
    expect(await troubles.join(cause, suffers('b', { at: 2_000 }))).toBe(first);
    await troubles.change(first, suffers('a', { how: 'over' }));
    expect(await troubles.of('rollout/staging/a/1')).toEqual([]);
    expect(await troubles.join(cause, suffers('a', { at: 3_000 }))).toBe(first);
    for (const name of ['a', 'b']) await troubles.change(first, suffers(name, { how: 'over' }));
    expect(await troubles.join(cause, suffers('a', { at: 4_000 }))).not.toBe(first);
    expect((await troubles.members(first)).map(({ rollout, how }) => [rollout, how])).toEqual([
      ['rollout/staging/a/1', 'over'],
      ['rollout/staging/b/1', 'over'],
    ]);
  });

  it('is another one for another cause, and a rollout may have several', async () => {
    const { troubles } = await given();
    const one = await troubles.join(cause, suffers('a'));
    const other = await troubles.join('source/staging/gateway', suffers('a'));
    expect((await troubles.of('rollout/staging/a/1')).map(({ trouble }) => trouble)).toEqual([one, other]);
  });

  it('is forgotten after a while, with what was said of it', async () => {
    const { troubles, slack, query, again } = await given();
    const trouble = await troubles.join(cause, suffers('a'));
    const message = { text: 'it cannot be read', blocks: [] };
    for (const rollout of [trouble, 'sentinel/staging'])
      await slack.say({ rollout, about: 'incident', channel: 'C1', message, rank: 1 });
    for (const table of ['slack_troubles', 'slack_messages'])
      await query(`UPDATE switchback.${table} SET kept_at = now() - interval '91 days' WHERE $1 = $1::text`, [
        '',
      ]);
    await again().slack.follow(10, 60_000);
    expect(await troubles.members(trouble)).toEqual([]);
    expect(await slack.messages(trouble)).toEqual([]);
    expect(await slack.messages('sentinel/staging')).toEqual([]);
  });
});
