import { Webhook } from 'standardwebhooks';
import type { Channel } from './channel.js';
import { post } from './post.js';

/** A receiver of webhooks as standardwebhooks.com has them. */
export interface WebhookOptions {
  readonly url: string;
  /** `whsec_...`; two of them while one is being replaced: each signs. */
  readonly secrets: readonly string[];
  readonly allowPrivate?: boolean;
}

/** Posts the event as JSON, signed with each secret, under an id that stays the same however often it is sent. */
export function webhook({ url, secrets, allowPrivate = false }: WebhookOptions): Channel {
  const signers = secrets.map((secret) => new Webhook(secret));
  return {
    async deliver(event, signal) {
      const body = JSON.stringify(event);
      const now = new Date();
      const headers = {
        'content-type': 'application/json',
        'webhook-id': event.id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': signers.map((signer) => signer.sign(event.id, now, body)).join(' '),
      };
      await post({ url, headers, body, allowPrivate, signal });
    },
  };
}
