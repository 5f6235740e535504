import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOfToken, isTokenOf } from '../../../activities/identity/api-token.js';
import { readConfiguration } from '../../../apps/config/config.js';
import { scratch } from './plans.js';
import { switchback } from './console.js';

let files: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => (files = await scratch()));
afterAll(() => files.remove());

const create = (...args: string[]) => switchback(['token', 'create', '--principal', 'ana', ...args]);
const shared = (tokens: object[]) => ({
  environments: {
    prod: {
      kind: 'shared',
      records: { url: { env: 'RECORDS_URL' } },
      principals: { ana: { kind: 'person' } },
      identity: { tokens },
    },
  },
});

describe('a token that is made', () => {
  it('is shown once, with the entry that the configuration takes', async () => {
    const ran = await create('--scope', 'view', '--scope', 'start', '--expires', '1h', '-o', 'json');
    expect(ran.code).toBe(0);
    const { token, entry } = ran.json<{
      token: string;
      entry: { id: string; hash: string; expires: string };
    }>();
    expect(entry).toMatchObject({ id: idOfToken(token), principal: 'ana', scopes: ['view', 'start'] });
    expect(isTokenOf(entry.hash, token)).toBe(true);
    expect(Date.parse(entry.expires)).toBeLessThanOrEqual(Date.now() + 3_600_000);
    const file = await files.write('config.json', shared([entry]));
    expect((await readConfiguration(file)).environments['prod']?.identity?.tokens).toHaveLength(1);
    expect(JSON.stringify(entry)).not.toContain(token);
  });

  it('is told to people with the entry below', async () => {
    const { stdout } = await create('--scope', 'view');
    expect(stdout).toMatch(/^ {2}swb_[0-9a-f]{8}_[0-9a-f]{56}$/m);
    expect(stdout).toMatch(/"principal": "ana"/);
  });

  it.each([
    [[], 3, /carries no right; give one with --scope/],
    [['--scope', 'everything'], 2, /Use one of view, brake, start/],
    [['--scope', 'view', '--expires', 'never'], 2, /positive number and ms, s, m, h or d/],
  ])('is refused with %j', async (args, code, fault) => {
    const ran = await create(...args);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toMatch(fault);
  });

  it('is refused for somebody whom the environment does not know', async () => {
    const file = await files.write('known.json', shared([]));
    const args = ['--scope', 'view', '--env', 'prod', '--config', file];
    expect((await create(...args)).code).toBe(0);
    const ran = await switchback(['token', 'create', '--principal', 'anna', ...args]);
    expect([ran.code, ran.stdout]).toEqual([3, '']);
    expect(ran.stderr).toContain('principal anna: is not known in environment prod; use one of ana');
  });
});
