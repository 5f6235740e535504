import { OAuth2Server } from 'oauth2-mock-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { byToken } from '../../../apps/api/identity/by-token.js';
import type { Environment } from '../../../apps/config/config.js';

type Change = (header: Record<string, unknown>, payload: Record<string, unknown>) => void;

let server: OAuth2Server;
let environment: Environment;
let now: number;
let identities: ReturnType<typeof byToken>;

beforeAll(async () => {
  server = new OAuth2Server();
  await server.issuer.keys.generate('RS256');
  await server.issuer.keys.generate('RS384');
  await server.start(0, 'localhost');
});
afterAll(() => server.stop());
beforeEach(() => {
  now = Date.now();
  environment = environmentWith({});
  identities = byToken(
    () => environment,
    () => now,
  );
});

function environmentWith(issuer: object): Environment {
  return {
    kind: 'shared',
    principals: {
      ana: { kind: 'person', groups: ['team'], oidc: { issuer: server.issuer.url, subject: 'a-1' } },
      ben: { kind: 'person', groups: [], email: 'ben@example.com' },
    },
    identity: {
      tokens: [],
      doors: {},
      issuers: [
        {
          issuer: server.issuer.url,
          audience: 'switchback',
          algorithms: ['RS256'],
          email: false,
          ...issuer,
        },
      ],
    },
  } as unknown as Environment;
}

function tokenOf(change: Change = () => undefined, kid?: string): Promise<string> {
  const rs256 = server.issuer.keys.toJSON().find(({ alg }) => alg === 'RS256')?.kid;
  return server.issuer.buildToken({
    kid: kid ?? rs256 ?? '',
    scopesOrTransform: (header, payload) => {
      Object.assign(header, { typ: 'at+jwt' });
      Object.assign(payload, { sub: 'a-1', aud: 'switchback' });
      change(header, payload);
    },
  });
}

const callerOf = (token: string) =>
  identities.callerOf(new Headers({ authorization: `Bearer ${token}` }), '127.0.0.1');

describe('an access token of an issuer that is named', () => {
  it('shows who somebody is, until it ends', async () => {
    const caller = await callerOf(await tokenOf());
    expect(caller).toMatchObject({ name: 'ana', kind: 'person', groups: ['team'], proof: 'oidc' });
    expect(identities.stillHolds(caller)).toBe(true);
    now = (caller.expires ?? 0) + 1;
    expect(identities.stillHolds(caller)).toBe(false);
  });

  it('of an older kind counts when it says that it is no sign-in', async () => {
    const older: Change = (header, payload) => {
      header['typ'] = 'JWT';
      payload['scope'] = 'openid';
    };
    expect(await callerOf(await tokenOf(older))).toMatchObject({ name: 'ana' });
  });

  const seconds = Math.floor(Date.now() / 1_000);
  it.each<[string, Change, RegExp]>([
    ['for another application', (_, payload) => (payload['aud'] = 'shop'), /its aud does not fit/],
    ['of another issuer', (_, payload) => (payload['iss'] = 'https://evil.example'), /no token that counts/],
    ['that has expired', (_, payload) => (payload['exp'] = seconds - 3_600), /it has expired/],
    ['that counts later', (_, payload) => (payload['nbf'] = seconds + 3_600), /its nbf does not fit/],
    ['of nobody', (_, payload) => delete payload['sub'], /its sub does not fit/],
    [
      'of somebody unknown',
      (_, payload) => (payload['sub'] = 'x-9'),
      /is nobody that this environment knows/,
    ],
    [
      'of a sign-in',
      (header, payload) => ((header['typ'] = 'JWT'), (payload['nonce'] = 'n')),
      /it is no access token/,
    ],
    [
      'that does not say what it is',
      (header, payload) => ((header['typ'] = 'JWT'), delete payload['scope']),
      /it is no access token/,
    ],
  ])('%s is refused', async (_, change, why) => {
    await expect(callerOf(await tokenOf(change))).rejects.toMatchObject({
      problem: 'unauthenticated',
      message: expect.stringMatching(why) as string,
    });
  });

  it('with an algorithm that is not allowed, or with none, is refused', async () => {
    const other = server.issuer.keys.toJSON().find(({ alg }) => alg === 'RS384')?.kid;
    await expect(callerOf(await tokenOf(undefined, other))).rejects.toThrow(/its algorithm is not allowed/);
    const [, payload] = (await tokenOf()).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    await expect(callerOf(`${header}.${payload}.x`)).rejects.toMatchObject({ problem: 'unauthenticated' });
  });

  it('that was changed is refused', async () => {
    const [header, , signature] = (await tokenOf()).split('.');
    const [, payload] = (await tokenOf((_, claims) => (claims['sub'] = 'b-2'))).split('.');
    await expect(callerOf(`${header}.${payload}.${signature}`)).rejects.toThrow(/signature does not fit/);
  });

  it('says who somebody is by e-mail only where that is switched on, and only when it was verified', async () => {
    const mailed =
      (verified: boolean): Change =>
      (_, payload) =>
        Object.assign(payload, { sub: 'b-2', email: 'Ben@example.com', email_verified: verified });
    await expect(callerOf(await tokenOf(mailed(true)))).rejects.toThrow(/is nobody/);
    environment = environmentWith({ email: true });
    expect(await callerOf(await tokenOf(mailed(true)))).toMatchObject({ name: 'ben' });
    await expect(callerOf(await tokenOf(mailed(false)))).rejects.toThrow(/is nobody/);
  });
});

describe('the keys of an issuer', () => {
  it('are asked for once more when one is unknown, and not again for a while', async () => {
    await callerOf(await tokenOf());
    const { kid } = await server.issuer.keys.generate('RS256');
    const token = await tokenOf(undefined, kid);
    await expect(callerOf(token)).rejects.toThrow(/no such key/);
    now += 31_000;
    expect(await callerOf(token)).toMatchObject({ name: 'ana' });
  });

  it('count while the issuer is down; of one that never answered, nobody knows any', async () => {
    const token = await tokenOf();
    await callerOf(token);
    const { port } = server.address();
    await server.stop();
    now += 3_600_000 - 60_000;
    expect(await callerOf(token)).toMatchObject({ name: 'ana' });
    identities = byToken(
      () => environment,
      () => now,
    );
    await expect(callerOf(token)).rejects.toMatchObject({ problem: 'unreachable' });
    await server.start(port, 'localhost');
    now += 31_000;
    expect(await callerOf(token)).toMatchObject({ name: 'ana' });
  });
});
