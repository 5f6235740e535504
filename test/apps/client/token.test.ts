import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remoteOf } from '../../../apps/client/http/connect-to-api.js';
import { credentialsFile, forgetCredential, keepCredential } from '../../../apps/config/credentials.js';

const here = 'http://127.0.0.1:4001';
const other = 'https://switchback.example';
const credential = { token: 'kept', issuer: 'https://id.example' };
let env: NodeJS.ProcessEnv;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchback-credentials-'));
  env = { XDG_CONFIG_HOME: dir };
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const sent = async (server: string, more: NodeJS.ProcessEnv = {}, as?: string) =>
  (await remoteOf({ server, as, env: { ...env, ...more } })).headers;

describe('a sign-in', () => {
  it('is kept for its user alone, and sent to its server alone', async () => {
    await keepCredential(env, here, credential);
    const file = credentialsFile(env);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
    expect(await sent(here)).toEqual({ authorization: 'Bearer kept' });
    expect(await sent('http://127.0.0.1:4002', {}, 'ana')).toEqual({ 'switchback-as': 'ana' });
    expect(await sent(other)).toEqual({});
  });

  it('stands beside those of other servers, and is forgotten by itself', async () => {
    await keepCredential(env, here, credential);
    await keepCredential(env, other, { ...credential, token: 'another' });
    expect(await forgetCredential(env, here)).toEqual(credential);
    expect(await forgetCredential(env, here)).toBeUndefined();
    expect(await sent(other)).toEqual({ authorization: 'Bearer another' });
    expect(await readFile(credentialsFile(env), 'utf8')).not.toContain('kept');
  });

  it('that has ended is not sent', async () => {
    await keepCredential(env, other, { ...credential, expires: '2020-01-01T00:00:00Z' });
    await expect(sent(other)).rejects.toThrow(/ended 2020-01-01.*switchback login --server https/);
  });

  it('in a file that others can read counts for nothing, and neither does one that is none', async () => {
    await keepCredential(env, other, credential);
    await chmod(credentialsFile(env), 0o640);
    await expect(sent(other)).rejects.toThrow(/can be read by others.*chmod 600/);
    await writeFile(credentialsFile(env), '{"token":"loose"}');
    await chmod(credentialsFile(env), 0o600);
    await expect(sent(other)).rejects.toThrow(/is none that this version wrote/);
  });
});

describe('SWITCHBACK_TOKEN', () => {
  const token = { SWITCHBACK_TOKEN: 'given' };

  it('is sent to the server that is named, before any sign-in', async () => {
    await keepCredential(env, other, credential);
    expect(await sent(other, token)).toEqual({ authorization: 'Bearer given' });
  });

  it('belongs to SWITCHBACK_URL, and is sent to no other server', async () => {
    const both = { ...token, SWITCHBACK_URL: `${other}/` };
    expect(await sent(other, both)).toEqual({ authorization: 'Bearer given' });
    expect(await sent('https://else.example', both)).toEqual({});
  });
});
