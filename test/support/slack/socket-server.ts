import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A WebSocket server as Slack's Socket Mode has it: the emulator has none. */
export interface SocketServer {
  readonly url: string;
  /** Sends an envelope to whoever is connected last, and answers what came back for it. */
  send(type: 'interactive' | 'slash_commands', payload: object): Promise<unknown>;
  /** Resolves when somebody is connected. */
  connected(): Promise<void>;
  close(): Promise<void>;
}

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

export async function startSocketServer(): Promise<SocketServer> {
  const waiting = new Map<string, (payload: unknown) => void>();
  let socket: Socket | undefined;
  let number = 0;
  let connect = (): void => undefined;
  const connected = new Promise<void>((resolve) => (connect = resolve));
  const server = createServer();
  server.on('upgrade', (request, stream) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${guid}`)
      .digest('base64');
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket = stream as Socket;
    listen(socket, (text) => {
      const { envelope_id, payload } = JSON.parse(text) as { envelope_id: string; payload?: unknown };
      waiting.get(envelope_id)?.(payload);
    });
    write(socket, opcodes.text, JSON.stringify({ type: 'hello', num_connections: 1 }));
    connect();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connected: () => connected,
    send(type, payload) {
      const envelope_id = `e${(number += 1)}`;
      const answered = new Promise<unknown>((resolve) => waiting.set(envelope_id, resolve));
      const envelope = { envelope_id, type, payload, accepts_response_payload: type === 'slash_commands' };
      if (socket) write(socket, opcodes.text, JSON.stringify(envelope));
      return answered;
    },
    close() {
      socket?.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** One frame, unmasked as a server's are. */
function write(socket: Socket, opcode: number, text: string): void {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x80 | opcode, body.length])
      : Buffer.from([0x80 | opcode, 126, body.length >> 8, body.length & 0xff]);
  socket.write(Buffer.concat([head, body]));
}

/** Frames of a client: masked, and whole in what is sent here. */
function listen(socket: Socket, hear: (text: string) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < 2) return;
      const short = rest[1]! & 0x7f;
      const at = short === 126 ? 4 : 2;
      const length = short === 126 ? rest.readUInt16BE(2) : short;
      if (rest.length < at + 4 + length) return;
      const mask = rest.subarray(at, at + 4);
      const body = Buffer.from(
        rest.subarray(at + 4, at + 4 + length).map((byte, index) => byte ^ mask[index % 4]!),
      );
      const opcode = rest[0]! & 0x0f;
      rest = rest.subarray(at + 4 + length);
      if (opcode === opcodes.text) hear(body.toString('utf8'));
      if (opcode === opcodes.ping) write(socket, opcodes.pong, body.toString('utf8'));
      if (opcode === opcodes.close) {
        write(socket, opcodes.close, '');
        socket.end();
      }
    }
  });
}
