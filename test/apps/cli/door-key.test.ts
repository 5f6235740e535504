import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDoorKey } from '../../../activities/identity/door-key.js';
import { sign } from '../../../activities/identity/sign.js';
import { lineOf } from '../../../activities/records/journal/line.js';
import { chainEntry, chainStart, type JournalEvent } from '../../../src/engine/state/journal.js';
import { claimsWith, doorWith, noon } from '../../activities/identity/given.js';
import { switchback } from './console.js';

describe('door-key create', () => {
  it('shows a key once, of which the configuration gets the public half', async () => {
    const { code, stdout } = await switchback(['door-key', 'create', '--door', 'slack', '-o', 'json']);
    expect(code).toBe(0);
    const { door, kid, secret, entry } = JSON.parse(stdout) as Record<string, string> & { entry: object };
    expect(door).toBe('slack');
    expect((await openDoorKey(secret!)).kid).toBe(kid);
    expect(entry).toEqual({ kid, x: expect.stringMatching(/^[\w-]{43}$/) as string });
    expect(JSON.stringify(entry)).not.toContain(secret);
  });

  it('makes another each time', async () => {
    const [one, other] = await Promise.all([
      switchback(['door-key', 'create', '-o', 'json']),
      switchback(['door-key', 'create', '-o', 'json']),
    ]);
    expect(one.stdout).not.toBe(other.stdout);
  });
});

describe('journal verify of a file that doors have signed', () => {
  let directory: string;
  const rollout = claimsWith().rollout;

  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'switchback-signed-'))));
  afterEach(() => rm(directory, { recursive: true }));

  /** Writes a journal whose chain is whole, whoever made it. */
  async function journalOf(...events: JournalEvent[]): Promise<string> {
    let previous = chainStart;
    const lines = events.map((event) => {
      const entry = chainEntry(rollout, event, previous);
      previous = entry.hash;
      return `${lineOf(entry)}\n`;
    });
    const file = join(directory, 'journal.jsonl');
    await writeFile(file, lines.join(''));
    return file;
  }

  async function configurationOf(x: string): Promise<string> {
    const file = join(directory, 'switchback.config.json');
    const doors = { api: { keys: [{ kid: 'k1', x }], proofs: ['token'] } };
    const prod = { kind: 'shared', records: { url: { env: 'RECORDS' } }, identity: { doors } };
    await writeFile(file, JSON.stringify({ environments: { prod } }));
    return file;
  }

  async function given() {
    const { key, x } = await doorWith('k1');
    const start = { ...claimsWith(), decision: { type: 'start' } };
    const started: JournalEvent = {
      number: 1,
      at: noon,
      type: 'started',
      reason: 'r',
      by: 'ana',
      via: 'api',
      submittedBy: 'ana',
      signed: await sign(start, key),
    };
    const approved: JournalEvent = {
      ...started,
      number: 2,
      type: 'decision',
      epoch: 0,
      signed: await sign(claimsWith(), key),
      evidence: { id: 'a-1', decision: 'approve', accepted: true },
    };
    return { started, approved, config: await configurationOf(x) };
  }

  it('counts what fits', async () => {
    const { started, approved, config } = await given();
    const file = await journalOf(started, approved);
    const { code, stdout } = await switchback([
      'journal',
      'verify',
      '--file',
      file,
      '--config',
      config,
      '-o',
      'json',
    ]);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ verified: true, signatures: 2 }),
    ]);
  });

  it('names the decision that its door has not signed, although the chain was made anew', async () => {
    const { started, approved, config } = await given();
    const verify = async (...events: JournalEvent[]) =>
      switchback(['journal', 'verify', '--file', await journalOf(...events), '--config', config]);
    const bens = await verify(started, { ...approved, by: 'ben' });
    expect([bens.code, bens.stderr]).toEqual([
      3,
      expect.stringContaining('entry 2 is not as its door has signed it'),
    ]);
    const { signed: _, ...unsigned } = approved;
    expect((await verify(started, unsigned)).stderr).toContain('entry 2');
    expect((await verify({ ...started, by: 'ben' }, approved)).stderr).toContain('entry 1');
  });

  it('says that nobody looked, where there is no configuration', async () => {
    const { started, approved } = await given();
    const file = await journalOf(started, approved);
    await rm(join(directory, 'switchback.config.json'));
    const { code, stdout } = await switchback(['journal', 'verify', '--file', file], { cwd: directory });
    expect([code, stdout]).toEqual([0, expect.stringContaining('signatures not checked')]);
  });
});
