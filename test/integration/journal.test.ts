import { expect, it } from 'vitest';
import { chainEntry, findChainFault, type JournalEntry } from '../../src/engine/state/journal.js';
import { inEnvironment } from '../support/rollouts.js';

it('exports the very journal that history holds, and every change of it is found', () =>
  inEnvironment({}, async ({ start, records }) => {
    const rollout = await start({ canary: [] });
    await rollout.decideAt('approve/go', 'ana', { type: 'approve' });
    await rollout.decide('ben', { type: 'reject' });
    const { journal } = await rollout.ended();

    const entries = await rollout.exported();
    expect(entries.map(({ event }) => event)).toEqual(journal);
    expect(findChainFault(rollout.id, entries)).toBeUndefined();
    const head = entries.at(-1)?.hash;
    expect(await rollout.verifyExported()).toEqual({ ok: true, entries: journal.length, head });

    const at = entries.findIndex(({ event }) => event.by === 'ana');
    expect(at).toBeGreaterThan(0);
    const write = ({ event, hash }: JournalEntry) =>
      records.query('UPDATE switchback.journal SET event = $1, hash = $2 WHERE number = $3', [
        JSON.stringify(event),
        hash,
        at + 1,
      ]);

    const { event, ...chained } = entries[at]!;
    await write({ ...chained, event: { ...event, by: 'eve' } });
    expect(await rollout.verifyExported()).toMatchObject({
      ok: false,
      fault: { number: at + 1, reason: expect.stringContaining('was changed after it was written') },
    });
    await write(signedAgain(entries[at]!));
    expect(await rollout.verifyExported()).toMatchObject({ ok: false, fault: { number: at + 2 } });
    await write(entries[at]!);
    expect(await rollout.verifyExported()).toMatchObject({ ok: true });
    await records.query('DELETE FROM switchback.journal WHERE number = $1', [journal.length]);
    expect(await rollout.verifyExported()).toMatchObject({
      ok: false,
      fault: { number: journal.length, reason: expect.stringContaining('missing') },
    });
  }));

/** What somebody would write who knows how hashes are made: the entry with another name and a hash that fits it. */
function signedAgain({ rollout, event, previous }: JournalEntry): JournalEntry {
  return chainEntry(rollout, { ...event, by: 'eve' }, previous);
}
