import { describe, expect, it } from 'vitest';
import { Outbox, type Delivery } from '../../../activities/sentinel/outbox.js';
import type { EvidenceSignal } from '../../../src/protocol/sentinel.js';
import type { Verdict } from '../../../src/engine/plan/plan.js';
import type { Watched } from '../../../src/protocol/subscriptions.js';
import { eventually } from '../../support/eventually.js';

const subscriber = (rollout: string): Watched => {
  return { rollout, workflowId: rollout, number: 1, percent: 5, since: 0, guards: [], recorded: {} };
};
const says = (verdict: Verdict, at = 0): EvidenceSignal => {
  return { subscription: 1, readings: [{ guard: 'errors', verdict, at, reason: '' }] };
};

/** A server that answers when it is told to. */
class Server implements Delivery {
  readonly sent: string[] = [];
  readonly open: (() => void)[] = [];
  most = 0;
  #underWay = 0;
  failures = 0;
  closed = false;

  async send({ rollout }: Watched, { readings }: EvidenceSignal): Promise<'sent'> {
    this.#underWay += 1;
    this.most = Math.max(this.most, this.#underWay);
    if (!this.closed) await Promise.resolve();
    else await new Promise<void>((resolve) => this.open.push(resolve));
    this.#underWay -= 1;
    if (this.failures-- > 0) throw new Error('unavailable');
    this.sent.push(`${rollout} ${readings[0]?.verdict} ${readings[0]?.at}`);
    return 'sent';
  }
  gone = () => Promise.resolve();
  wanted = () => true;
  warn = () => undefined;
}

const never = new AbortController().signal;

describe('the outbox', () => {
  it('sends breaches at once, past a long line of other signals', async () => {
    const server = new Server();
    server.closed = true;
    const outbox = new Outbox(server, never);
    const all = Array.from({ length: 1_000 }, (_, index) => subscriber(`${index}`));
    for (const one of all) outbox.post(one, says('pass'));
    await Promise.resolve();
    expect(server.most).toBe(32);
    // Of those who wait, and of those who have not been told anything.
    for (const one of all.slice(900)) outbox.post(one, says('fail', 1));
    await Promise.resolve();
    expect(server.most).toBe(132);
    server.closed = false;
    for (const open of server.open.splice(0)) open();
    await outbox.settled();
    expect(server.sent).toHaveLength(1_000);
    expect(server.sent.filter((line) => line.includes('fail'))).toHaveLength(100);
    expect(server.sent.slice(0, 132).filter((line) => line.includes('fail'))).toHaveLength(100);
  });

  it('keeps the order of a subscription, loses no breach, and sends only the newest of the rest', async () => {
    const server = new Server();
    server.closed = true;
    const outbox = new Outbox(server, never);
    const one = subscriber('a');
    outbox.post(one, says('pass', 1));
    await Promise.resolve();
    for (const [verdict, at] of [
      ['no-evidence', 2],
      ['pass', 3],
      ['fail', 4],
      ['pass', 5],
      ['fail', 6],
      ['pass', 7],
      ['error', 8],
    ] as const) {
      outbox.post(one, says(verdict, at));
    }
    server.closed = false;
    server.open.forEach((open) => open());
    await outbox.settled();
    expect(server.sent).toEqual(['a pass 1', 'a fail 4', 'a fail 6', 'a error 8']);
  });

  it('sends a breach that the server refuses again until a run takes it, and nothing before it', async () => {
    const server = new Server();
    server.failures = 12;
    const outbox = new Outbox(server, never);
    const one = subscriber('a');
    outbox.post(one, says('fail', 1));
    outbox.post(one, says('pass', 2));
    await outbox.settled();
    expect(server.failures).toBeLessThan(0);
    expect(server.sent).toEqual(['a fail 1', 'a pass 2']);
  });

  it('tries again until a signal arrives, and lets others pass meanwhile', async () => {
    const server = new Server();
    server.failures = 7;
    const outbox = new Outbox(server, never);
    outbox.post(subscriber('a'), says('pass'));
    await eventually(() => expect(server.sent).toEqual(['a pass 0']));
  });
});
