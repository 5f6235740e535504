import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A network in front of a TCP server that can be taken away. */
export interface Proxy {
  readonly port: number;
  /** Cuts every connection and refuses new ones for so many milliseconds. */
  cut(ms: number): Promise<void>;
  /** Lets nothing through any more, and says so to nobody, until what is answered is called. */
  hang(): () => void;
  /** Lets each answer wait for so many milliseconds before it goes on; 0 for none. */
  slow(ms: number): void;
  close(): Promise<void>;
}

/** Opens a proxy on a free port of 127.0.0.1 in front of a port of the same machine. */
export async function openProxy(target: number): Promise<Proxy> {
  const open = new Set<Socket>();
  let away = false;
  let hung = false;
  let late = 0;
  const waiting = () =>
    new Transform({
      transform: (answer, _encoding, done) => void setTimeout(() => done(null, answer), late),
    });
  const server = createServer((client) => {
    if (away) {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
    client.pipe(upstream).pipe(waiting()).pipe(client);
    if (hung) for (const socket of [client, upstream]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => open.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    async cut(ms) {
      away = true;
      cutAll();
      await sleep(ms);
      away = false;
    },
    hang() {
      hung = true;
      for (const socket of open) socket.pause();
      return () => {
        hung = false;
        for (const socket of open) socket.resume();
      };
    },
    slow(ms) {
      late = ms;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cutAll();
      await closed;
    },
  };
}
