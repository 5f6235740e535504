import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { environmentOf, readConfiguration } from '../../src/app/config.js';
import { scratchDirectory } from './local/scratch.js';

const environment = {
  kind: 'shared',
  databases: { shop: { url: 'postgres://u:secret@db/shop' } },
  records: '/r',
};

async function read(given: object) {
  const file = join(await scratchDirectory(), 'switchback.config.json');
  await writeFile(file, JSON.stringify({ environments: { staging: given } }));
  return readConfiguration(file);
}

it('refuses a secret that stands in the file of a shared environment, without showing it', async () => {
  const refusal = await read(environment).catch((error: Error) => error.message);
  expect(refusal).toMatch(/environments\.staging\.databases\.shop\.url: only a local environment may hold/);
  expect(refusal).not.toContain('secret@');
});

it('takes the name of a variable in a shared environment, and a secret in a local one', async () => {
  await expect(
    read({ ...environment, databases: { shop: { url: { env: 'SHOP_URL' } } } }),
  ).resolves.toBeDefined();
  await expect(read({ ...environment, kind: 'local' })).resolves.toBeDefined();
});

it.each(['production', 'constructor', '__proto__'])(
  'says which environments there are instead of %s',
  async (name) => {
    const config = await read({ ...environment, kind: 'local' });
    expect(() => environmentOf(config, name)).toThrow(/is not in the configuration; use one of staging/);
  },
);
