import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { environmentOf, readConfiguration } from '../../../apps/config/config.js';
import { RereadEnvironment } from '../../../apps/config/reread.js';

let directory: string;
let file: string;
let now: number;
const told: string[] = [];

const shared = (more: object) => ({ kind: 'shared', records: { url: { env: 'R' } }, ...more });
const write = (environment: object) =>
  writeFile(file, JSON.stringify({ environments: { prod: environment } }));
const person = { kind: 'person', groups: ['sre'] };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchback-reread-'));
  file = join(directory, 'switchback.config.json');
  now = 0;
  told.length = 0;
  await write(shared({ principals: { ana: person, ben: person } }));
});
afterEach(() => rm(directory, { recursive: true }));

async function opened() {
  const first = environmentOf(await readConfiguration(file), 'prod');
  return new RereadEnvironment(
    file,
    'prod',
    first,
    (text) => told.push(text),
    () => now,
  );
}

const names = async (policy: RereadEnvironment) =>
  Object.keys((await policy.current()).environment.principals ?? {});

it('knows within a minute that somebody has left', async () => {
  const policy = await opened();
  await write(shared({ principals: { ana: person } }));
  expect(await names(policy)).toEqual(['ana', 'ben']);
  now = 60_000;
  expect(await names(policy)).toEqual(['ana']);
  await write(shared({}));
  now = 120_000;
  expect(await names(policy)).toEqual([]);
});

it('goes on with what it knows when the file is broken, and says so once', async () => {
  const policy = await opened();
  await writeFile(file, '{');
  now = 60_000;
  expect(await policy.current()).toMatchObject({
    stale: { since: 60_000, because: expect.stringContaining('not JSON') as string },
  });
  now = 120_000;
  expect(await policy.current()).toMatchObject({ stale: { since: 60_000 } });
  expect(await names(policy)).toEqual(['ana', 'ben']);
  expect(told).toEqual([expect.stringContaining('stays as it was')]);
  await write(shared({ principals: { ana: person } }));
  now = 180_000;
  expect(await policy.current()).not.toHaveProperty('stale');
  expect(told).toHaveLength(2);
});

it('reads nothing else again, and does not become another kind', async () => {
  const policy = await opened();
  await write(shared({ records: { url: { env: 'OTHER' } }, principals: { ana: person } }));
  now = 60_000;
  expect((await policy.current()).environment).toMatchObject({ records: { url: { env: 'R' } } });
  await write({ kind: 'local', records: '/r', people: { mallory: ['sre'] } });
  now = 120_000;
  const { environment, stale } = await policy.current();
  expect(environment.kind).toBe('shared');
  expect(stale?.because).toContain('kind: it was shared');
});

it('tells whoever cannot wait what it read last', async () => {
  const policy = await opened();
  await write(shared({ principals: { ana: person } }));
  now = 60_000;
  expect(Object.keys(policy.last.environment.principals ?? {})).toEqual(['ana', 'ben']);
  await policy.current();
  expect(Object.keys(policy.last.environment.principals ?? {})).toEqual(['ana']);
  await writeFile(file, '{');
  await expect(RereadEnvironment.open(file, 'prod', () => undefined)).rejects.toThrow(/not JSON/);
});
