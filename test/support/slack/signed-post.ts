import { createHmac } from 'node:crypto';

/** What of a signature a test changes. */
export interface SignedOver {
  /** Seconds since the epoch. */
  readonly time?: number;
  readonly secret?: string;
}

/** Posts a form as Slack does, signed by hand; answers the status. */
export async function postSigned(
  url: string,
  signingSecret: string,
  fields: Readonly<Record<string, string>>,
  { time = Math.floor(Date.now() / 1_000), secret = signingSecret }: SignedOver = {},
): Promise<number> {
  const body = new URLSearchParams(fields).toString();
  const signature = createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(time),
      'x-slack-signature': `v0=${signature}`,
    },
  });
  await response.text();
  return response.status;
}
