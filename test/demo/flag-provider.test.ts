import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenFeature, ProviderEvents, ServerProviderStatus, type Client } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FlagFileProvider } from '../../demo/shop/flag-provider.js';
import { SPLIT_NAME, writeInitialFlags } from '../../demo/shop/initial-flags.js';
import { eventually } from '../support/eventually.js';

let directory: string;
let file: string;
let flags: Client;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shop-flags-'));
  file = join(directory, 'flags.json');
  await writeInitialFlags(file);
  await OpenFeature.setProviderAndWait(directory, new FlagFileProvider(file));
  flags = OpenFeature.getClient(directory);
});

afterEach(async () => {
  await OpenFeature.close();
  await rm(directory, { recursive: true, force: true });
});

async function replace(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

async function withDefault(variant: 'on' | 'off'): Promise<string> {
  const document = JSON.parse(await readFile(file, 'utf8')) as {
    flags: Record<string, { defaultVariant: string; targeting?: object }>;
  };
  const flag = document.flags[SPLIT_NAME];
  if (!flag) throw new Error('the flag is gone');
  flag.defaultVariant = variant;
  return JSON.stringify(document);
}

const isOn = (): Promise<boolean> => flags.getBooleanValue(SPLIT_NAME, false, { targetingKey: '1' });
const until = (value: boolean): Promise<void> => eventually(async () => expect(await isOn()).toBe(value));

describe('flags from a file', () => {
  test('begin with everyone on the baseline, beside flags of others', async () => {
    expect(await flags.getBooleanDetails(SPLIT_NAME, true, { targetingKey: '1' })).toMatchObject({
      value: false,
      variant: 'off',
    });
    expect(await flags.getBooleanValue('free-shipping', false, { targetingKey: '1', region: 'north' })).toBe(
      true,
    );
    expect(await flags.getBooleanValue('free-shipping', true, { targetingKey: '1', region: 'south' })).toBe(
      false,
    );
  });

  test('follow each replacement of the file', async () => {
    for (const variant of ['on', 'off', 'on'] as const) {
      await replace(await withDefault(variant));
      await until(variant === 'on');
    }
  });

  test('see the last of many edits', async () => {
    const [on, off] = [await withDefault('on'), await withDefault('off')];
    for (let edit = 0; edit < 50; edit += 1) await replace(edit % 2 ? off : on);
    await replace(on);
    await until(true);
  });

  test.each([
    ['half a file', (good: string) => good.slice(0, good.length / 2)],
    ['an empty file', () => ''],
    ['a file without flags', () => '{}'],
    [
      'a default that is no variant',
      (good: string) => good.replace('"defaultVariant":"off"', '"defaultVariant":"maybe"'),
    ],
    [
      'an unknown rule',
      (good: string) =>
        good.replace('"defaultVariant":"off"', '"defaultVariant":"off","targeting":{"perhaps":[1]}'),
    ],
  ])('stay as they were with %s, until it is fixed', async (_what, spoil) => {
    await replace(await withDefault('on'));
    await until(true);
    const stale = new Promise<string | undefined>((resolve) => {
      flags.addHandler(ProviderEvents.Stale, (event) => resolve(event?.message));
    });
    await replace(spoil(await withDefault('off')));
    expect(await stale).toContain(file);
    expect(flags.providerStatus).toBe(ServerProviderStatus.STALE);
    expect(await isOn()).toBe(true);
    await writeInitialFlags(file);
    await until(false);
    expect(flags.providerStatus).toBe(ServerProviderStatus.READY);
  });

  test('stay as they were when the file goes away', async () => {
    await replace(await withDefault('on'));
    await until(true);
    await rm(file);
    await eventually(() => expect(flags.providerStatus).toBe(ServerProviderStatus.STALE));
    expect(await isOn()).toBe(true);
  });

  test('must be good to begin with', async () => {
    const missing = join(directory, 'missing.json');
    await expect(OpenFeature.setProviderAndWait('missing', new FlagFileProvider(missing))).rejects.toThrow(
      missing,
    );
  });
});
