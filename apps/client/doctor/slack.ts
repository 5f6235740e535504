import type { SlackWeb } from '../../../activities/slack/web.js';
import { environmentOf, readConfiguration, reveal } from '../../config/config.js';
import { directoryOf } from '../../config/identity/directory.js';
import type { Environment } from '../../config/environment.js';
import type { Slack } from '../../config/slack.js';
import { fail, ok, warn, type Check, type Finding } from './check.js';
import { isThere } from './configuration.js';

/** What the app needs, and for what. Private channels have names of their own. */
const needed: Readonly<Record<string, readonly string[]>> = {
  'say and edit messages': ['chat:write'],
  'find a message whose posting was not answered': ['channels:history', 'groups:history'],
  'tell guests and ended accounts': ['users:read'],
};

/** Whether people can be asked in Slack: the token, its scopes, the channels, and who is bound. */
export const slack: Check = {
  name: 'slack',
  looksAt: 'whether people can be asked in Slack: token, scopes, channels, and who is bound',
  async look({ config, environment }) {
    if (!(await isThere(config))) return [ok('not looked into: there is no configuration here')];
    const found = environmentOf(await readConfiguration(config), environment);
    const section = found.slack;
    if (!section) return [ok('nobody is asked there')];
    if (typeof section.token !== 'string' && process.env[section.token.env] === undefined) {
      const fix = 'look on the machine of the Slack door';
      return [warn(`variable ${section.token.env} is not set here: nothing was asked of Slack`, fix)];
    }
    // Its client takes long to load, and hardly a command needs it.
    const { slackWeb } = await import('../../../activities/slack/web.js');
    const web = slackWeb({
      token: reveal(section.token),
      ...(section.url !== undefined && { url: section.url }),
    });
    return examineSlack(found, section, web);
  },
};

/** What Slack says of the token, the channels and the people. */
export async function examineSlack(
  environment: Environment,
  section: Slack,
  web: Pick<SlackWeb, 'self' | 'isIn' | 'user'>,
): Promise<Finding[]> {
  const self = await web.self().catch((error: Error) => error);
  if (self instanceof Error) {
    return [
      fail(
        `the token is not taken: ${self.message}`,
        'copy it from the page "OAuth & Permissions" of the app',
      ),
    ];
  }
  if (self.team !== section.team) {
    const fix = `write "team": "${self.team}", or take the token of the other workspace`;
    return [fail(`the token is of workspace ${self.team}, and the configuration names ${section.team}`, fix)];
  }
  return [
    ok(`the token is of workspace ${self.team}`),
    ...scopeFindings(self.scopes),
    ...(await channelFindings(section, web)),
    ...(await peopleFindings(environment, section, web)),
    ...receiverFindings(section),
  ];
}

function scopeFindings(scopes: readonly string[] | undefined): Finding[] {
  if (!scopes) return [];
  const missing = Object.entries(needed).filter(([, any]) => !any.some((scope) => scopes.includes(scope)));
  return missing.map(([what, any]) =>
    fail(`the app cannot ${what}`, `give it the scope ${any.join(' or ')}, and install it again`),
  );
}

async function channelFindings(
  { channel, incidents }: Slack,
  web: Pick<SlackWeb, 'isIn'>,
): Promise<Finding[]> {
  const all = [...new Set([channel, ...(incidents === undefined ? [] : [incidents])])];
  return Promise.all(
    all.map(async (id) => {
      const isIn = await web.isIn(id).catch((error: Error) => error);
      if (isIn === true) return ok(`the app is in channel ${id}`);
      const why = isIn === false ? 'the app is not in it' : isIn.message;
      return fail(`channel ${id}: ${why}`, 'invite the app there, and see that the id is right');
    }),
  );
}

async function peopleFindings(
  environment: Environment,
  { team }: Slack,
  web: Pick<SlackWeb, 'user'>,
): Promise<Finding[]> {
  const bound = Object.entries(directoryOf(environment).principals).flatMap(([name, { slack: binding }]) =>
    binding ? [{ name, ...binding }] : [],
  );
  if (bound.length === 0) {
    return [
      warn('no principal is bound to a user of Slack: nobody can click', 'write "slack" under principals'),
    ];
  }
  const faults = await Promise.all(bound.map((one) => faultOf(one, team, web)));
  const wrong = faults.filter((fault) => fault !== undefined);
  return [
    ...wrong,
    ...(wrong.length === 0 ? [ok(`${bound.length} principals are bound to users of it`)] : []),
  ];
}

async function faultOf(
  bound: { readonly name: string; readonly team: string; readonly user: string },
  team: string,
  web: Pick<SlackWeb, 'user'>,
): Promise<Finding | undefined> {
  const fix = `correct "slack" of principal ${bound.name}`;
  if (bound.team !== team) return fail(`${bound.name} is bound to workspace ${bound.team}, not ${team}`, fix);
  const user = await web.user(bound.user).catch((error: Error) => error);
  if (user instanceof Error) return fail(`${bound.name} is bound to ${bound.user}: ${user.message}`, fix);
  if (user.deactivated) return warn(`the account of ${bound.name} is deactivated: it decides nothing`, fix);
  if (user.outsider)
    return warn(`the account of ${bound.name} is a ${user.outsider}'s: it decides nothing`, fix);
  return undefined;
}

function receiverFindings({ signingSecret, appToken }: Slack): Finding[] {
  if (signingSecret !== undefined || appToken !== undefined) return [];
  const fix = 'write "signingSecret", or "appToken" for Socket Mode';
  return [fail('it is not said how clicks come: no door can be opened', fix)];
}
