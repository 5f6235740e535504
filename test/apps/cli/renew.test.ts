import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepCredential, readCredential, type Credential } from '../../../apps/config/credentials.js';
import { agree, clientId, resource, startIssuer, type Issuer } from '../client/issuer.js';
import { answering, closedOrigin, serving } from '../client/servers.js';
import { switchback } from './console.js';

let issuer: Issuer;
let home: string;
beforeEach(async () => {
  issuer = await startIssuer({ renewable: true });
  home = await mkdtemp(join(tmpdir(), 'switchback-renew-'));
});
afterEach(async () => {
  issuer.close();
  await rm(home, { recursive: true, force: true });
});

const past = '2020-01-01T00:00:00.000Z';
const env = () => ({ XDG_CONFIG_HOME: home });
const call = (...args: string[]) => switchback(args, { env: env() });

/** An API at which somebody has signed in, with something to renew that with. */
async function signedIn() {
  const place = { issuer: issuer.url, clientId, scopes: issuer.scope.split(' '), resource };
  const api = await serving(
    answering({
      '/v1/sign-in': { environment: 'prod', issuers: [place] },
      '/v1/whoami': { name: 'ana', kind: 'person', groups: [], proof: 'oidc', environment: 'prod' },
    }),
  );
  issuer.provider.on('device_authorization.success', (_context: unknown, answer: { user_code?: unknown }) => {
    void agree(issuer, { url: '', code: String(answer.user_code) }, 'a-1');
  });
  expect(await call('login', '--server', api.origin)).toMatchObject({ code: 0 });
  const kept = () => readCredential(env(), api.origin) as Promise<Credential>;
  /** As it is when its time is over. */
  const runOut = async () => keepCredential(env(), api.origin, { ...(await kept()), expires: past });
  const sent = () => api.seen.at(-1)?.headers.authorization;
  return { origin: api.origin, kept, runOut, sent, seen: api.seen };
}

it('a sign-in that ran out is renewed, as often as needed, and kept', async () => {
  const { origin, kept, runOut, sent } = await signedIn();
  let before = await kept();
  for (const _ of [1, 2]) {
    await runOut();
    expect(await call('whoami', '--server', origin)).toMatchObject({ code: 0, stderr: '' });
    const after = await kept();
    expect(after.token).not.toBe(before.token);
    expect(after.expires! > new Date().toISOString()).toBe(true);
    expect(sent()).toBe(`Bearer ${after.token}`);
    before = after;
  }
});

it('two commands at once renew it once: an issuer takes a refresh token once', async () => {
  const { origin, kept, runOut } = await signedIn();
  await runOut();
  const ran = await Promise.all([1, 2, 3].map(() => call('whoami', '--server', origin)));
  expect(ran.map(({ code, stderr }) => [code, stderr])).toEqual([1, 2, 3].map(() => [0, '']));
  await runOut();
  expect(await call('whoami', '--server', origin)).toMatchObject({ code: 0 });
  expect(await kept()).toHaveProperty('refresh');
});

it('one that its issuer does not renew any more is not sent, and neither is one that cannot be renewed', async () => {
  const { origin, kept, runOut, seen } = await signedIn();
  await runOut();
  const { refresh = '', ...rest } = await kept();
  await (await issuer.provider.RefreshToken.find(refresh))?.destroy();
  const asked = seen.length;
  const refused = await call('whoami', '--server', origin);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(
    /the sign-in at \S+: has ended; sign in again: switchback login --server http/,
  );
  await keepCredential(env(), origin, rest);
  expect((await call('whoami', '--server', origin)).stderr).toMatch(/ended 2020-01-01.*switchback login/);
  await keepCredential(env(), origin, { ...rest, refresh, issuer: await closedOrigin() });
  expect(await call('whoami', '--server', origin)).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/the sign-in at \S+ does not work/) as string,
  });
  expect(seen).toHaveLength(asked);
});

it('logout has the issuer take it back: nothing renews it any more', async () => {
  const { origin, kept } = await signedIn();
  const { refresh = '', expires: _, ...rest } = await kept();
  const out = await call('logout', '--server', origin, '-o', 'json');
  expect(out.json()).toEqual({ server: origin, forgotten: true, revoked: true });
  expect(out.stderr).toBe('');
  expect(await kept()).toBeUndefined();
  expect(await issuer.provider.RefreshToken.find(refresh)).toBeUndefined();
  await keepCredential(env(), origin, { ...rest, refresh, expires: past });
  expect((await call('whoami', '--server', origin)).stderr).toContain('has ended; sign in again');
});

it('and forgets it first, when the issuer is away, or file and issuer are of an older time', async () => {
  const { origin, kept } = await signedIn();
  const { clientId: _1, resource: _2, refresh: _3, ...old } = await kept();
  await keepCredential(env(), origin, { ...(await kept()), issuer: await closedOrigin() });
  const out = await call('logout', '--server', origin);
  expect([out.code, out.stdout]).toEqual([0, `signed out of ${origin}\n`]);
  expect(out.stderr).toMatch(/^its issuer did not take it back: .* It counts until \d{4}-/);
  expect(await kept()).toBeUndefined();
  await keepCredential(env(), origin, old);
  expect(await call('logout', '--server', origin)).toMatchObject({
    stderr: '',
    stdout: `signed out of ${origin}\n`,
  });
});

it('what renews a sign-in stands in its file alone', async () => {
  const { origin, kept } = await signedIn();
  const { refresh = '', token } = await kept();
  const who = await call('whoami', '--server', origin, '-o', 'json');
  const text = await readFile(join(home, 'switchback/credentials.json'), 'utf8');
  expect(text).toContain(refresh);
  for (const secret of [refresh, token]) expect(`${who.stdout}${who.stderr}`).not.toContain(secret);
  await writeFile(join(home, 'switchback/credentials.json'), text.replace(refresh, ''));
  expect((await call('whoami', '--server', origin)).stderr).toMatch(/is none that this version wrote/);
});
