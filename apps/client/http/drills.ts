import type { z } from 'zod';
import { remoteOf, type ApiConnection } from './connect-to-api.js';
import { Sender } from './sender.js';
import { Transport } from './transport.js';
import type { signDrillRequest, signedDrill } from './wire/drills.js';

/** Has the door of an environment vouch for a drill, so that its gates believe it. */
export async function signedOver(
  connection: ApiConnection,
  wanted: z.input<typeof signDrillRequest>,
): Promise<z.output<typeof signedDrill>> {
  const remote = await remoteOf(connection);
  const transport = new Transport(remote);
  await new Sender(transport, remote.origin).person(connection.as);
  return transport.post('/v1/drills/signature', { body: wanted });
}
