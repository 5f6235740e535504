import { Client, Connection } from '@temporalio/client';
import { hasCode, rootMessage, translate, Unreachable } from '../../activities/temporal/failures.js';
import { Calls } from './calls.js';
import type { Connected } from './connected.js';
import type { Server } from './server.js';

const connectWithin = 3_000;

/** Connects to a server that was found. Throws `Unreachable` within seconds when it does not answer. */
export async function openConnection(server: Server): Promise<Connected> {
  const { address, namespace, origin, fix } = server;
  const name = `Temporal at ${address}`;
  const options = { ...server.connection, address, connectTimeout: connectWithin };
  const connection = await Connection.connect(options).catch((error: unknown) => {
    if (hasCode(error, 'permissionDenied', 'unauthenticated')) throw translate(error, name);
    throw new Unreachable(`${name} (${origin}) cannot be reached: ${rootMessage(error)}; ${fix}`);
  });
  const client = new Client({ connection, namespace });
  return { client, calls: new Calls(client, name), name };
}
