import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { switchback } from './console.js';

/** An address on which that server listens. */
async function listening(server: Server, sockets = new Set<{ destroy(): void }>()): Promise<string> {
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const grpc = (status: number) =>
  createHttp2((_, response) => {
    response.writeHead(200, { 'content-type': 'application/grpc', 'grpc-status': String(status) }).end();
  });

it.each([
  ['a web page', () => createHttp((_, response) => response.end('<p>hello</p>'))],
  ['a web server of HTTP/2', () => createHttp2((_, response) => response.writeHead(404).end())],
  ['a service of gRPC that is another', () => grpc(12)],
  ['nothing at all', () => createServer()],
])('an address where %s answers is unreachable, and named', async (_, server) => {
  const address = await listening(server());
  for (const command of [
    ['list'],
    ['locks', '--env', 'e'],
    ['stop', '--env', 'e', '--as', 'a', '--reason', 'r'],
  ]) {
    const { code, stdout, stderr } = await switchback([...command, '--address', address]);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain(`Temporal at ${address}`);
  }
});

it('Ctrl-C before anything was sent says that nothing was started', async () => {
  const address = await listening(createServer());
  const args = ['start', 'runbooks/split-customer-name.ts', '--address', address];
  const { code, stdout, stderr } = await switchback(args, {
    onListening: (interrupt) => setTimeout(interrupt, 100),
  });
  expect([code, stdout, stderr]).toEqual([130, '', 'nothing was started\n']);
});

it('a worker says where it looks for Temporal', async () => {
  const { stdout } = await switchback(['worker', '--help']);
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    "Temporal's address; else TEMPORAL_ADDRESS, Temporal's profile, then localhost:7233",
  );
});
