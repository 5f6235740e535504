import { createToken } from '../../activities/identity/api-token.js';
import { makeDoorKey } from '../../activities/identity/door-key.js';
import type { Configuration } from '../../apps/config/config.js';
import { programOf } from '../../apps/local/child-process.js';
import { drillEnvironment } from './drill-part.js';
import type { DemoSlack } from '../../apps/local/slack-workspace.js';

/** How the people of the demo come in. */
export interface DemoDoor {
  readonly url: string;
  readonly environment: string;
  /** By person; shown to nobody but the demo itself. */
  readonly tokens: Readonly<Record<string, string>>;
  /** The workspace in which they are asked, and where their clicks are taken; where there is one. */
  readonly slack?: DemoSlack & { readonly clicks: string };
}

/** An environment that people have to prove themselves in, and what its processes are given beside its file. */
interface Shared {
  readonly configuration: object;
  /** The same for the process of the Slack door, which signs with a key of its own. */
  readonly slackConfiguration?: object;
  readonly environment: string;
  /** Variables that the file names: no secret stands in it. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly tokens: Readonly<Record<string, string>>;
}

const door = 'api';
const lasts = 24 * 3_600_000;

/**
 * The environment of the demo's stack as one of kind `shared`: tokens, a policy, and doors that sign.
 *
 * @param drills the drill environment whose records open its gate
 */
export async function sharedConfiguration(
  { environments: { local } }: Configuration,
  drills: object,
  slack?: DemoSlack,
): Promise<Shared> {
  const { people = {}, databases = {}, records, ...same } = local ?? {};
  const [key, slackKey] = await Promise.all([makeDoorKey('demo'), makeDoorKey('demo-slack')]);
  const made = Object.keys(people).map((name) => [name, createToken()] as const);
  const expires = new Date(Date.now() + lasts).toISOString();
  const shared = {
    ...same,
    kind: 'shared',
    databases: { shop: { url: { env: 'DEMO_SHOP_URL' } } },
    records: { url: { env: 'DEMO_RECORDS_URL' } },
    principals: Object.fromEntries(
      Object.entries(people).map(([name, groups]) => [
        name,
        { kind: 'person', groups, ...(slack && { slack: { team: slack.team, user: slack.users[name] } }) },
      ]),
    ),
    policy: {
      rights: [
        { runbooks: '*', right: 'start', to: Object.keys(people) },
        { runbooks: '*', right: 'drill', to: Object.keys(people) },
        { runbooks: '*', right: 'approve', to: ['team-checkout', 'sre'] },
      ],
      // Some points are drilled first: all would take longer than the rest of the demo.
      drill: { environment: drillEnvironment, coverage: 0.05 },
    },
    identity: {
      tokens: made.map(([principal, { id, hash }]) => ({
        id,
        hash,
        principal,
        scopes: ['start', 'approve', 'drill'],
        expires,
      })),
      doors: {
        [door]: { keys: [{ kid: key.kid, x: key.x }], proofs: ['token'] },
        ...(slack && { slack: { keys: [{ kid: slackKey.kid, x: slackKey.x }], proofs: ['slack'] } }),
      },
    },
    door: { name: door, key: { env: 'DEMO_DOOR_KEY' } },
    runbooks: { 'split-customer-name': runbookFile() },
    ...(slack && { slack: slackSection(slack) }),
  };
  const inSlack = { ...shared, door: { name: 'slack', key: { env: 'DEMO_SLACK_DOOR_KEY' } } };
  return {
    configuration: { environments: { shared, [drillEnvironment]: drills } },
    ...(slack && { slackConfiguration: { environments: { shared: inSlack, [drillEnvironment]: drills } } }),
    environment: 'shared',
    secrets: {
      DEMO_SHOP_URL: textOf(databases['shop']?.url),
      DEMO_RECORDS_URL: textOf(typeof records === 'object' ? records.url : undefined),
      DEMO_DOOR_KEY: key.secret,
      ...(slack && {
        DEMO_SLACK_DOOR_KEY: slackKey.secret,
        DEMO_SLACK_TOKEN: slack.token,
        DEMO_SLACK_SIGNING_SECRET: slack.signingSecret,
      }),
    },
    tokens: Object.fromEntries(made.map(([name, { token }]) => [name, token])),
  };
}

function slackSection({ team, channel, incidents, api }: DemoSlack): object {
  const secrets = { token: { env: 'DEMO_SLACK_TOKEN' }, signingSecret: { env: 'DEMO_SLACK_SIGNING_SECRET' } };
  return { ...secrets, team, channel, incidents, url: api };
}

/** Source or built, as this very module. */
function runbookFile(): string {
  return programOf(new URL('../../runbooks/split-customer-name.js', import.meta.url)).file;
}

function textOf(url: unknown): string {
  if (typeof url === 'string') return url;
  throw new Error('the local configuration of the demo holds its addresses itself');
}
