import { resolve } from 'node:path';
import { migrateRecords } from '../../activities/records/migrations/migrate.js';
import { openRecords } from '../../activities/records/records.js';
import { slackWeb } from '../../activities/slack/web.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { connect } from '../client/connect.js';
import { signerOf } from '../client/signing/of-environment.js';
import { recordsUrlOf, reveal, type Environment } from '../config/config.js';
import { RereadEnvironment } from '../config/reread.js';
import type { Slack } from '../config/slack.js';
import type { OpenSlack, SlackOptions } from './options.js';
import { serveSlack } from './serve.js';

/** Opens the Slack door of an environment. Throws `Refusal` for a configuration that does not fit. */
export async function openSlack(options: SlackOptions): Promise<OpenSlack> {
  const { environment: name, log, receive, env = process.env, address } = options;
  const policy = await RereadEnvironment.open(resolve(options.config), name, log);
  const keptUp = policy.keepUp();
  const opened: (() => Promise<unknown>)[] = [() => Promise.resolve(keptUp())];
  const close = async () => {
    for (let end = opened.pop(); end; end = opened.pop()) await end();
  };
  try {
    const { environment } = policy.last;
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
    const now = () => policy.last.environment;
    const open = await serveSlack({
      environment: name,
      slack,
      client,
      records,
      web,
      signer,
      log,
      now,
      receive,
    });
    opened.push(() => open.close());
    return { where: open.where, close };
  } catch (error) {
    await close();
    throw error;
  }
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
