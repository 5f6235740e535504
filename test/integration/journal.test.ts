import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chainEntry, findChainFault, type JournalEntry } from '../../src/engine/journal.js';
import { inEnvironment, type TestEnvironment } from '../support/rollouts.js';

it('exports the very journal that history holds, and every change of it is found', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await environment.start({ canary: [] });
    await rollout.decideAt('approve/go', 'ana', { type: 'approve' });
    await rollout.decide('ben', { type: 'reject' });
    const { journal } = await rollout.ended();

    const entries = await rollout.exported();
    expect(entries.map(({ event }) => event)).toEqual(journal);
    expect(findChainFault(rollout.id, entries)).toBeUndefined();
    const head = entries.at(-1)?.hash;
    expect(await rollout.verifyExported()).toEqual({ ok: true, entries: journal.length, head });

    const file = await exportedFile(environment);
    const lines = (await readFile(file, 'utf8')).split('\n');
    const at = entries.findIndex(({ event }) => event.by === 'ana');
    expect(at).toBeGreaterThan(0);
    const faultOf = async (changed: readonly string[]) => {
      await writeFile(file, changed.join('\n'));
      return rollout.verifyExported();
    };

    const otherName = lines.with(at, (lines[at] ?? '').replace('"by":"ana"', '"by":"eve"'));
    expect(await faultOf(otherName)).toMatchObject({
      ok: false,
      fault: { number: at + 1, reason: expect.stringContaining('was changed after it was written') },
    });
    const newHash = lines.with(at, signedAgain(entries[at]!));
    expect(await faultOf(newHash)).toMatchObject({ ok: false, fault: { number: at + 2 } });
    expect(await faultOf(lines.toSpliced(at, 1))).toMatchObject({ ok: false, fault: { number: at + 1 } });
    expect(await faultOf(lines.toSpliced(-2, 1))).toMatchObject({
      ok: false,
      fault: { number: journal.length, reason: expect.stringContaining('missing') },
    });
    expect(await faultOf(lines)).toMatchObject({ ok: true });
  }));

/** What somebody would write who knows how hashes are made: the entry with another name and a hash that fits it. */
function signedAgain({ rollout, event, previous }: JournalEntry): string {
  const { format, hash, ...rest } = chainEntry(rollout, { ...event, by: 'eve' }, previous);
  return JSON.stringify({ format, ...rest, hash });
}

async function exportedFile({ records }: TestEnvironment): Promise<string> {
  const names = await readdir(join(records, 'journal'), { recursive: true });
  const [name] = names.filter((found) => found.endsWith('.jsonl'));
  if (name === undefined) throw new Error('nothing was exported');
  return join(records, 'journal', name);
}
