import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { sentinelNames, type EvidenceSignal } from '../../src/protocol/sentinel.js';
import type { Watched } from '../../src/protocol/subscriptions.js';
import type { AlreadyTold } from './already-told.js';
import type { Delivery } from './outbox.js';
import type { Untaken } from './untaken.js';

/** What bringing evidence to rollouts needs, beside what any delivery needs. */
interface Tools extends Omit<Delivery, 'send'> {
  readonly client: Client;
  readonly told: AlreadyTold;
  readonly untaken: Untaken;
  /** A call to the server that ends in time. */
  within<T>(call: () => Promise<T>): Promise<T>;
}

/** Brings evidence to rollouts, remembers what each knows by it, and sees to it that a breach is acted on. */
export function evidenceDelivery({ client, told, untaken, within, ...rest }: Tools): Delivery {
  return {
    ...rest,
    async send(subscriber, message) {
      // Until the answer is there, nobody knows what the rollout knows.
      told.forget(subscriber);
      const sending = within(() => signalEvidence(client, subscriber, message));
      const result = await untaken.followed(subscriber, message, sending);
      if (result === 'sent') told.keep(subscriber, message);
      return result;
    },
  };
}

async function signalEvidence(
  client: Client,
  { workflowId, chain }: Watched,
  message: EvidenceSignal,
): Promise<'sent' | 'gone'> {
  try {
    // By its id alone: the run may have continued as new, and the number says for which subscription this is.
    await client.workflow.getHandle(workflowId).signal<[EvidenceSignal]>(sentinelNames.evidence, {
      ...message,
      ...(chain !== undefined && { chain }),
    });
    return 'sent';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone';
    throw error;
  }
}
