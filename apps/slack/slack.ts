import { resolve } from 'node:path';
import { migrateRecords } from '../../activities/records/migrations/migrate.js';
import { deliverNotices } from '../../activities/notify/post-office.js';
import { openRecords } from '../../activities/records/records.js';
import { incidentsInSlack } from '../../activities/slack/incidents-route.js';
import { slackWeb } from '../../activities/slack/web.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { connect } from '../client/connect.js';
import { signerOf } from '../client/signing/of-environment.js';
import { recordsUrlOf, reveal, type Environment } from '../config/config.js';
import { liveSettings } from '../config/live-settings.js';
import type { Slack } from '../config/slack.js';
import type { Door } from './decide/door.js';
import type { OpenSlack, SlackOptions } from './options.js';
import { handle } from './receive/handle.js';
import { receiveOverHttp } from './receive/http.js';
import { receiveBySocket } from './receive/socket.js';
import { signaturesOf } from './receive/signature.js';
import type { Receiver } from './receive/receiver.js';
import { follow } from './tell/follow.js';
import { incidents } from './tell/incidents.js';
import { speak } from './tell/speak.js';
import { waker } from './tell/waker.js';

/** Opens the Slack door of an environment. Throws `Refusal` for a configuration that does not fit. */
export async function openSlack(options: SlackOptions): Promise<OpenSlack> {
  const { environment: name, log, env = process.env, address } = options;
  const settings = await liveSettings(resolve(options.config), name, log);
  const opened: (() => Promise<unknown>)[] = [() => Promise.resolve(settings.close())];
  const close = async () => {
    for (const end of opened.reverse()) await end();
  };
  try {
    const environment = settings.now();
    const slack = requireSlack(name, environment);
    const signer = await signerOf(name, environment);
    const url = recordsUrlOf(environment);
    if (!signer || url === undefined) throw notShared(name);
    await migrateRecords(url, { environment: name, kind: environment.kind });
    const records = openRecords(url);
    opened.push(() => records.close());
    const client = await connect({ env, ...(address !== undefined && { address }) });
    opened.push(() => client.close());
    const web = slackWeb({ token: reveal(slack.token), ...(slack.url !== undefined && { url: slack.url }) });
    const wake = waker();
    const door: Door = {
      environment: name,
      slack,
      client,
      web,
      signer,
      log,
      store: records.slack,
      now: () => settings.now(),
      changed: wake.wake,
    };
    const ended = new AbortController();
    const channels = { [incidentsInSlack]: incidents(door) };
    const loops = [
      follow(door, ended.signal, wake.woken),
      speak(door, ended.signal),
      deliverNotices(records.notices, channels, ended.signal),
    ];
    opened.push(() => {
      ended.abort();
      wake.wake();
      return Promise.all(loops);
    });
    const receiver = await receive(options, slack, door);
    opened.push(() => receiver.close());
    return { where: receiver.where, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function receive({ receive: by, log }: SlackOptions, slack: Slack, door: Door): Promise<Receiver> {
  const taking = { log, handle: (body: unknown) => handle(door, body) };
  if (by === 'socket') {
    const { appToken, url } = slack;
    if (appToken === undefined) throw missing('appToken', '--socket needs it');
    return receiveBySocket({ ...taking, appToken: reveal(appToken), ...(url !== undefined && { url }) });
  }
  if (slack.signingSecret === undefined) throw missing('signingSecret', 'without it anybody could click');
  return receiveOverHttp({ ...taking, ...by, signatures: signaturesOf(reveal(slack.signingSecret)) });
}

function requireSlack(name: string, environment: Environment): Slack {
  const { kind, slack, door, identity } = environment;
  if (kind === 'local') throw notShared(name);
  if (!slack) {
    throw new Refusal(`environment ${name}`, 'has no section "slack"', 'write one: see docs/slack.md');
  }
  if (door && !identity?.doors[door.name]?.proofs.includes('slack')) {
    const rule = 'may not vouch for a click in Slack, so none would count';
    throw new Refusal(`door ${door.name}`, rule, `add "slack" to identity.doors.${door.name}.proofs`);
  }
  return slack;
}

function notShared(name: string): Refusal {
  const rule = 'is a local one, in which people are taken by their name';
  return new Refusal(
    `environment ${name}`,
    rule,
    'make it a shared one: a click is worth what its door signs',
  );
}

function missing(member: string, why: string): Refusal {
  return new Refusal(
    `slack.${member}`,
    `is not in the configuration, and ${why}`,
    'write {"env": "VARIABLE"}',
  );
}
