import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SMTPServer } from 'smtp-server';
import { mail } from '../../../../activities/notify/channels/mail.js';
import { pagerDuty } from '../../../../activities/notify/channels/pagerduty.js';
import { webhook } from '../../../../activities/notify/channels/webhook.js';
import type { NoticeEvent } from '../../../../activities/notify/event.js';
import { samplesFor } from '../../../../activities/notify/samples.js';
import { receiver } from './receiver.js';

const { signal } = new AbortController();
const secrets = ['first', 'second'].map((text) => `whsec_${Buffer.from(text.repeat(4)).toString('base64')}`);
const [question, incident, news] = samplesFor(
  'staging',
  '2026-11-30T02:00:00.000Z',
  (name) => `id-${name}`,
) as [NoticeEvent, NoticeEvent, NoticeEvent];

describe('a webhook', () => {
  it('is signed with each secret, under an id that stays', async () => {
    const { url, received } = await receiver();
    const channel = webhook({ url, secrets, allowPrivate: true });
    await channel.deliver(incident, signal);
    await channel.deliver(incident, signal);
    for (const { headers, body } of received) {
      for (const secret of secrets) {
        const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
        expect(verified).toEqual(incident);
      }
      expect(headers['webhook-id']).toBe('id-incident');
    }
    expect(received).toHaveLength(2);
  });

  it('that was changed on its way, or signed with another secret, is not believed', async () => {
    const { url, received } = await receiver();
    await webhook({ url, secrets: [secrets[0]!], allowPrivate: true }).deliver(incident, signal);
    const [{ headers, body }] = received as [(typeof received)[number]];
    const verify = (secret: string, text: string) =>
      new Webhook(secret).verify(text, headers as Record<string, string>);
    expect(() => verify(secrets[1]!, body)).toThrow();
    expect(() => verify(secrets[0]!, body.replace('staging', 'production'))).toThrow();
  });

  it.each([400, 401, 404, 410, 301, 307])('answered with %s is not tried again', async (status) => {
    const { url, received } = await receiver([status]);
    const sent = webhook({ url, secrets, allowPrivate: true }).deliver(news, signal);
    await expect(sent).rejects.toMatchObject({ name: 'Undeliverable' });
    expect(received).toHaveLength(1);
  });

  it.each([408, 429, 500, 503])('answered with %s may be tried again', async (status) => {
    const { url } = await receiver([status]);
    const sent = webhook({ url, secrets, allowPrivate: true }).deliver(news, signal);
    await expect(sent).rejects.toThrow(`answered ${status}`);
    await expect(sent).rejects.not.toMatchObject({ name: 'Undeliverable' });
  });

  it('goes to no private address, by whatever name, unless that is allowed', async () => {
    const { url, received } = await receiver();
    for (const address of [
      url,
      url.replace('127.0.0.1', 'localhost'),
      'http://169.254.169.254/',
      'http://[::1]:9',
    ]) {
      const sent = webhook({ url: address, secrets }).deliver(news, signal);
      await expect(sent).rejects.toThrow(/private network/);
    }
    expect(received).toEqual([]);
  });

  it('that nobody takes is an ordinary failure', async () => {
    const { url } = await receiver();
    const gone = webhook({ url: url.replace(/\d+$/, '1'), secrets, allowPrivate: true });
    await expect(gone.deliver(news, signal)).rejects.toThrow(/127\.0\.0\.1:1: .*ECONNREFUSED/);
  });
});

describe('PagerDuty', () => {
  const told = async (event: NoticeEvent) => {
    const { url, received } = await receiver();
    await pagerDuty({ url, routingKey: 'key', allowPrivate: true }).deliver(event, signal);
    return received.map(({ path, body }) => [path, JSON.parse(body) as object] as const);
  };

  it('alerts once for a rollout, when a person must act', async () => {
    const [[path, body], ...more] = (await told(incident)) as [readonly [string, object]];
    expect([path, more]).toEqual(['/v2/enqueue', []]);
    expect(body).toMatchObject({
      routing_key: 'key',
      event_action: 'trigger',
      dedup_key: incident.rollout,
      payload: { severity: 'critical', class: 'needs-operator', component: 'staging' },
    });
  });

  it('calls nobody for a rollback that goes its way, and shows it as a change', async () => {
    const paths = (await told({ ...incident, kind: 'rolling-back' })).map(([path]) => path);
    expect(paths).toEqual(['/v2/change/enqueue']);
  });

  it('is not resolved while somebody has to look at the baseline still', async () => {
    const paths = (await told({ ...news, outcome: 'rolled-back', unconfirmed: true })).map(([path]) => path);
    expect(paths).toEqual(['/v2/change/enqueue']);
  });

  it('is not told of a question', async () => {
    expect(await told(question)).toEqual([]);
  });

  it('hears that the outcome has resolved it, and what changed', async () => {
    expect(await told(news)).toMatchObject([
      ['/v2/enqueue', { event_action: 'resolve', dedup_key: news.rollout }],
      ['/v2/change/enqueue', { payload: { source: news.rollout } }],
    ]);
  });

  it('gets no longer summary than it takes', async () => {
    const [[, body]] = (await told({ ...incident, text: 'x'.repeat(5_000) })) as [readonly [string, object]];
    const { payload } = body as { payload: { summary: string; custom_details: { text: string } } };
    expect(payload.summary).toHaveLength(1_024);
    expect(payload.custom_details.text).toHaveLength(5_000);
  });
});

describe('an e-mail', () => {
  it('says what happened and what to do, in one thread for a rollout', async () => {
    const { url, letters } = await mailServer();
    const channel = mail({ url, from: 'switchback@example.com', to: ['ana@example.com'] });
    await channel.deliver({ ...incident, late: true }, signal);
    expect(letters[0]).toMatch(/^Subject: INCIDENT: rollout\/staging\/notify-test/m);
    expect(letters[0]).toContain('This is a test: somebody is called.');
    expect(letters[0]).toContain('what to do: nothing: this is a test');
    expect(letters[0]).toContain('(told late)');
    expect(letters[0]).toMatch(/^Message-ID: <id-incident@switchback>/m);
  });

  it('that the server will never take is not tried again', async () => {
    const { url } = await mailServer(550);
    const sent = mail({ url, from: 'switchback@example.com', to: ['ana@example.com'] }).deliver(news, signal);
    await expect(sent).rejects.toMatchObject({ name: 'Undeliverable' });
  });

  it('that it may take later is', async () => {
    const { url } = await mailServer(451);
    const sent = mail({ url, from: 'switchback@example.com', to: ['ana@example.com'] }).deliver(news, signal);
    await expect(sent).rejects.not.toMatchObject({ name: 'Undeliverable' });
  });
});

/** A real mail server; refuses every letter with the code, when there is one. */
async function mailServer(refuses?: number) {
  const letters: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        letters.push(Buffer.concat(chunks).toString());
        if (refuses === undefined) done();
        else done(Object.assign(new Error('no'), { responseCode: refuses }));
      });
    },
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => server.close(done)));
  const { port } = server.server.address() as { port: number };
  return { url: `smtp://127.0.0.1:${port}`, letters };
}
