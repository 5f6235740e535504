import { describe, expect, it } from 'vitest';
import { serverOrigin } from '../../../apps/client/http/origin.js';
import { Transport } from '../../../apps/client/http/transport.js';
import { NoAnswer, Unreachable } from '../../../apps/client/client.js';
import { answering, closedOrigin, serving } from './servers.js';

describe('the address of a server', () => {
  it.each([
    ['https://switchback.example', 'https://switchback.example'],
    ['https://switchback.example:8443/', 'https://switchback.example:8443'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s is sent tokens', (given, origin) => {
    expect(serverOrigin(given)).toBe(origin);
  });

  it.each([
    ['http://switchback.example', /without TLS/],
    ['http://127.0.0.1.example.com', /without TLS/],
    ['http://127.0.0.1@evil.example', /has a password in it/],
    ['https://ana:secret@switchback.example', /has a password in it/],
    ['https://switchback.example/v1', /has a path.*https:\/\/switchback\.example$/],
    ['ftp://switchback.example', /is no address of an API/],
    ['localhost:8080', /is no address of an API/],
  ])('%s is not', (given, fault) => {
    expect(() => serverOrigin(given)).toThrow(fault);
    expect(() => serverOrigin(given)).not.toThrow(/secret/);
  });
});

describe('a request', () => {
  const headers = { authorization: 'Bearer t' };

  it('takes a token to no other server, whatever the first one says', async () => {
    const other = await serving(answering({ '/v1/whoami': {} }));
    for (const status of [301, 302, 303, 307, 308]) {
      const { origin, seen } = await serving((_, response) =>
        response.writeHead(status, { location: `${other.origin}/v1/whoami` }).end(),
      );
      const transport = new Transport({ origin, headers });
      await expect(transport.get('/v1/whoami')).rejects.toThrow(/sends elsewhere.*a token goes nowhere else/);
      await expect(transport.post('/v1/x', {})).rejects.toThrow(/sends elsewhere/);
      expect(seen.map((one) => one.headers.authorization)).toEqual(['Bearer t', 'Bearer t']);
    }
    expect(other.seen).toEqual([]);
  });

  it('is a refusal, unreachable or not answered, as the problem says', async () => {
    const problemOf = (name: string, status: number) => ({
      type: `urn:switchback:problem:${name}`,
      title: 't',
      status,
      detail: 'a: b; c',
      what: 'a',
      why: 'b',
      fix: 'c',
    });
    const failed = async (name: string, status: number) => {
      const { origin } = await serving(answering({ '/x': problemOf(name, status) }, status));
      return new Transport({ origin, headers }).post('/x', {}).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
    };
    expect(await failed('refused', 409)).toMatchObject({ name: 'Refusal', message: 'a: b; c' });
    expect(await failed('unauthenticated', 401)).toMatchObject({
      name: 'Refusal',
      message: 'a: b; sign in with "switchback login", or set SWITCHBACK_TOKEN',
    });
    expect(await failed('unreachable', 503)).toBeInstanceOf(Unreachable);
    expect(await failed('not-answered', 503)).toBeInstanceOf(NoAnswer);
    expect(await failed('too-many-requests', 429)).toBeInstanceOf(Unreachable);
    expect(await failed('unexpected', 500)).toMatchObject({ name: 'Error', message: 'a: b; c' });
  });

  it('that looks comes again when there were too many', async () => {
    let left = 1;
    const { origin, seen } = await serving((_, response) => {
      if (left-- > 0) response.writeHead(429, { 'retry-after': '1' }).end('{}');
      else response.end('{"name":"ana"}');
    });
    expect(await new Transport({ origin, headers }).get('/v1/whoami')).toEqual({ name: 'ana' });
    expect(seen).toHaveLength(2);
  });

  it('to something else that answers says so', async () => {
    const { origin } = await serving((_, response) => response.end('<p>hello</p>'));
    const transport = new Transport({ origin, headers });
    await expect(transport.get('/v1/whoami')).rejects.toThrow(
      /answers 200, but not as Switchback's API does/,
    );
  });

  it('that never arrived has no effect, and one that broke off may have', async () => {
    const nobody = new Transport({ origin: await closedOrigin(), headers });
    await expect(nobody.post('/x', {})).rejects.toBeInstanceOf(Unreachable);
    await expect(nobody.get('/x')).rejects.toThrow(/the API at \S+ does not answer \(.*ECONNREFUSED/);
    const { origin } = await serving((request) => request.socket.destroy());
    const cut = new Transport({ origin, headers });
    await expect(cut.post('/x', {})).rejects.toBeInstanceOf(NoAnswer);
    await expect(cut.get('/x')).rejects.toBeInstanceOf(Unreachable);
  });
});
