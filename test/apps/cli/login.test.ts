import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identitiesOf } from '../../../apps/api/identity/of-environment.js';
import { listen } from '../../../apps/api/server.js';
import { sections } from '../../../apps/config/environment.js';
import { doorOf } from '../api/door.js';
import { agree, clientId, resource, startIssuer, type Issuer } from '../client/issuer.js';
import { answering, serving } from '../client/servers.js';
import { switchback, type ConsoleOptions } from './console.js';

let issuer: Issuer;
let home: string;
beforeEach(async () => {
  issuer = await startIssuer();
  home = await mkdtemp(join(tmpdir(), 'switchback-login-'));
});
afterEach(async () => {
  issuer.close();
  await rm(home, { recursive: true, force: true });
});

const ana = { name: 'ana', kind: 'person', groups: ['sre'], proof: 'oidc', environment: 'prod' };
const places = () => [{ issuer: issuer.url, clientId, scopes: ['openid'], resource }];

/** An API that knows ana by whatever token comes, and nobody without one. */
async function api(issuers: object[]) {
  const known = answering({ '/v1/sign-in': { environment: 'prod', issuers }, '/v1/whoami': ana });
  const problem = { type: 'urn:switchback:problem:unauthenticated', title: 't', status: 401 };
  const nobody = answering(
    {
      '/v1/whoami': { ...problem, detail: 'd', what: 'this request', why: 'does not say who asks', fix: 'f' },
    },
    401,
  );
  return serving((request, response) => {
    const isKnown = request.headers.authorization !== undefined || request.url === '/v1/sign-in';
    (isKnown ? known : nobody)(request, response);
  });
}

const call = (args: readonly string[], options: ConsoleOptions = {}) =>
  switchback(args, { ...options, env: { XDG_CONFIG_HOME: home, ...options.env } });

/** Somebody who does in a browser what they are told on stderr. */
async function login(server: string) {
  const agreeing = new AbortController();
  const watched = issuer.provider;
  watched.on(
    'device_authorization.success',
    (_context: unknown, { user_code: code }: { user_code?: unknown }) => {
      if (!agreeing.signal.aborted) void agree(issuer, { url: '', code: String(code) }, 'a-1');
    },
  );
  const ran = await call(['login', '--server', server]);
  agreeing.abort();
  return ran;
}

it('login, whoami and logout: a token that is kept for one server, and sent to it', async () => {
  const { origin, seen } = await api(places());
  const signedIn = await login(origin);
  expect([signedIn.code, signedIn.stderr]).toEqual([
    0,
    expect.stringMatching(/^open http\S+\/device\?user_code=\S+\nand compare the code: \S+\n/),
  ]);
  expect(signedIn.stdout).toMatch(
    new RegExp(`^signed in at ${origin} \\(prod\\) as ana until \\S+\nkept in ${home}`),
  );

  const who = await call(['whoami', '--server', origin]);
  expect(who.stdout).toBe(
    `ana, a person of environment prod at ${origin}\ngroups     sre\nproof      oidc\n`,
  );
  const kept = await readFile(join(home, 'switchback/credentials.json'), 'utf8');
  const { token } = Object.values(
    (JSON.parse(kept) as { servers: Record<string, { token: string }> }).servers,
  )[0]!;
  expect(seen.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
  expect(`${signedIn.stdout}${signedIn.stderr}`).not.toContain(token);

  const json = await call(['whoami', '-o', 'json'], { env: { SWITCHBACK_URL: origin } });
  expect(json.json()).toEqual({ server: origin, ...ana });
  expect((await call(['logout', '--server', origin])).stdout).toBe(`signed out of ${origin}\n`);
  expect((await call(['logout', '--server', origin])).stdout).toBe(`nobody was signed in at ${origin}\n`);
  const out = await call(['whoami', '--server', origin]);
  expect([out.code, out.stdout]).toEqual([3, '']);
  expect(out.stderr).toContain('does not say who asks; sign in with "switchback login"');
});

it('the API itself knows whoever signed in there, by the token that the issuer made for it', async () => {
  const environment = sections.parse({
    kind: 'shared',
    records: { url: { env: 'RECORDS_URL' } },
    principals: { ana: { kind: 'person', groups: ['sre'], oidc: { issuer: issuer.url, subject: 'a-1' } } },
    identity: {
      issuers: [{ issuer: issuer.url, audience: 'switchback', login: { clientId, resource } }],
    },
  });
  const door = doorOf(
    {},
    {
      environment: 'prod',
      hosts: ['127.0.0.1'],
      identities: identitiesOf(() => environment),
      policy: { last: { environment } },
    },
  );
  const { url, close } = await listen(door.app, '127.0.0.1', 0);
  try {
    expect(await login(url)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\(prod\) as ana/) as string,
    });
    expect((await call(['whoami', '--server', url, '-o', 'json'])).json()).toMatchObject(ana);
  } finally {
    await close();
  }
});

it.each([
  ['nowhere', [], /a sign-in at \S+: is not offered by it; give an API token as SWITCHBACK_TOKEN/],
  [
    'in several places',
    ['https://a.example', 'https://b.example'],
    /name one with --issuer: https:\/\/a.exa/,
  ],
])('whoever can sign in %s is told so', async (_, issuers, fault) => {
  const { origin } = await api(issuers.map((one) => ({ issuer: one, clientId, scopes: [] })));
  const ran = await call(['login', '--server', origin]);
  expect([ran.code, ran.stdout]).toEqual([3, '']);
  expect(ran.stderr).toMatch(fault);
});

it('an API has to be named, and be reached over TLS or on this machine', async () => {
  for (const command of ['login', 'logout', 'whoami']) {
    expect(await call([command])).toMatchObject({
      code: 2,
      stderr: 'error: name the server with --server or SWITCHBACK_URL\n(see --help of the command)\n',
    });
    expect((await call([command, '--server', 'http://far.example'])).stderr).toMatch(/without TLS/);
  }
  const both = await call(['list', '--server', 'https://a.example', '--address', 'localhost:7233']);
  expect(both.code).toBe(2);
});
