import type { Server } from 'node:http';

/** Listens on 127.0.0.1 and answers the port taken; port 0 takes a free one. */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Takes no new connections, and waits until the requests in flight are answered. */
export async function closeServer(server: Server): Promise<void> {
  // A connection kept alive becomes idle only after its last answer: without repeating, it would hold the server up.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(idle);
}
