import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { configuration } from '../../apps/client/doctor/configuration.js';
import type { Examined } from '../../apps/client/doctor/check.js';
import { doorWith } from '../activities/identity/given.js';

let directory: string;
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'switchback-doctor-'))));
afterEach(() => rm(directory, { recursive: true }));

async function lookAt(more: object) {
  const config = join(directory, 'switchback.config.json');
  const prod = { kind: 'shared', records: { url: { env: 'RECORDS' } }, ...more };
  await writeFile(config, JSON.stringify({ environments: { prod } }));
  return configuration.look({ config, environment: 'prod' } as Examined);
}

const principals = { ana: { kind: 'person', groups: ['sre'] } };

it('says of a shared environment who is known, and that somebody has to be able to sign', async () => {
  expect(await lookAt({})).toMatchObject([{ verdict: 'warn', fix: 'name them under "principals"' }]);
  const found = await lookAt({ principals });
  expect(found).toMatchObject([{ verdict: 'ok' }, { verdict: 'warn' }]);
  expect(found[1]?.found).toContain('nothing can be started or decided');
});

it('names the doors whose keys count', async () => {
  const { x } = await doorWith('k1');
  const withKey = (key: object) => ({
    principals,
    identity: { doors: { api: { keys: [key], proofs: ['token'] } } },
  });
  expect((await lookAt(withKey({ kid: 'k1', x })))[1]).toMatchObject({ found: 'doors that sign: api' });
  expect((await lookAt(withKey({ kid: 'k1', x, revoked: true })))[1]).toMatchObject({ verdict: 'warn' });
});
