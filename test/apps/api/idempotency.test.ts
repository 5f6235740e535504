import { describe, expect, it, vi } from 'vitest';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Answer, DecisionRequest } from '../../../src/engine/state/messages.js';
import { doorOf } from './door.js';

const digest = 'd'.repeat(64);
const about = `"${digest}/0/approve/go"`;
const path = '/v1/rollouts/some-thing/k1/decisions';

/** A rollout that keeps what it answered, as a real one does. */
function rollout(hold: Promise<unknown> = Promise.resolve()) {
  const journal: JournalEvent[] = [];
  const gate = { step: 'approve/go', epoch: 0, since: 0, deadline: 1, approvals: [] };
  return {
    journal,
    client: {
      journal: () => Promise.resolve(journal),
      status: () => Promise.resolve({ status: 'waiting', digest, gate, steps: [] }),
      async decide(_: string, request: DecisionRequest): Promise<Answer> {
        await hold;
        const { id, type, by } = request;
        const answer = { accepted: by !== 'carl', reason: `${by} has said ${type}` };
        journal.push({
          number: journal.length + 1,
          at: 0,
          type: 'decision',
          reason: answer.reason,
          by,
          ...('step' in request && request.step !== undefined && { step: request.step }),
          evidence: { id, decision: type, accepted: answer.accepted, answer: answer.reason },
        });
        return answer;
      },
    },
  };
}

async function doorTo(client: object) {
  const door = doorOf(client);
  await door.document();
  return (type: string, as: string, key: string, body: object = {}, tag = about) =>
    door.call('POST', `${path}/${type}`, {
      body: JSON.stringify(body),
      headers: {
        'switchback-as': as,
        'content-type': 'application/json',
        'idempotency-key': key,
        'if-match': tag,
      },
    });
}

const bodyOf = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe('a key', () => {
  it('of fifty requests at once is one decision: the others hear that it is under way', async () => {
    let release = (): void => undefined;
    const { client, journal } = rollout(new Promise<void>((resolve) => (release = resolve)));
    const decide = await doorTo(client);
    const answers: Response[] = [];
    const all = Array.from({ length: 50 }, async () => answers.push(await decide('approve', 'ana', 'k')));
    await vi.waitUntil(() => answers.length === 49);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 409));
    expect(answers[0]?.headers.get('retry-after')).toBe('1');
    release();
    await Promise.all(all);
    expect(answers.at(-1)?.status).toBe(200);
    expect(journal).toHaveLength(1);
  });

  it('again is answered as the first time, and says so; also a refusal', async () => {
    const { client, journal } = rollout();
    const decide = await doorTo(client);
    const first = await decide('approve', 'ana', 'k');
    const again = await decide('approve', 'ana', 'k');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await bodyOf(again)).toEqual(await bodyOf(first));
    const [refused, refusedAgain] = [
      await decide('approve', 'carl', 'c'),
      await decide('approve', 'carl', 'c'),
    ];
    expect([refused.status, refusedAgain.status]).toEqual([409, 409]);
    expect(refusedAgain.headers.get('idempotency-replayed')).toBe('true');
    expect(journal).toHaveLength(2);
  });

  it('is known again by another door, which never heard of it', async () => {
    const { client, journal } = rollout();
    await (
      await doorTo(client)
    )('approve', 'ana', 'k');
    const other = await doorTo(client);
    expect((await other('approve', 'ana', 'k')).headers.get('idempotency-replayed')).toBe('true');
    expect((await other('abort', 'ana', 'k', { reason: 'x' })).status).toBe(422);
    expect(journal).toHaveLength(1);
  });

  it('for another request is refused', async () => {
    const decide = await doorTo(rollout().client);
    await decide('approve', 'ana', 'k', { reason: 'fine' });
    expect((await decide('approve', 'ana', 'k', { reason: 'other' })).status).toBe(422);
    expect((await decide('reject', 'ana', 'k', { reason: 'fine' })).status).toBe(422);
  });

  it('of somebody else is another one, and shows nobody what was answered', async () => {
    const { client, journal } = rollout();
    const decide = await doorTo(client);
    await decide('approve', 'ana', 'k');
    const other = await decide('approve', 'ben', 'k');
    expect(await bodyOf(other)).toMatchObject({ by: 'ben', reason: 'ben has said approve' });
    expect(other.headers.get('idempotency-replayed')).toBeNull();
    expect(journal.map(({ by }) => by)).toEqual(['ana', 'ben']);
  });
});
