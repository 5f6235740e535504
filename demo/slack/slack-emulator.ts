import { createEmulator } from 'emulate';
import { freePort } from '../../apps/local/ports.js';
import type { DemoSlack } from '../../apps/local/slack-workspace.js';

const token = 'xoxb-demo';
const signingSecret = 'demo-signing-secret';

/** Starts an emulator of Slack with a workspace in which these people are. Nothing of it leaves this machine. */
export async function startSlack(
  people: readonly string[],
): Promise<{ readonly slack: DemoSlack; stop(): Promise<void> }> {
  const port = await freePort();
  const emulator = await createEmulator({ service: 'slack', port, seed: { slack: workspaceOf(people) } });
  const api = `http://127.0.0.1:${port}/api/`;
  const ask = async <T>(method: string): Promise<T> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await (
      await fetch(`${api}${method}`, { method: 'POST', headers, redirect: 'error' })
    ).json()) as T;
  };
  const { members } = await ask<{ members: readonly Named[] }>('users.list');
  const { channels } = await ask<{ channels: readonly Named[] }>('conversations.list');
  const { team_id: team } = await ask<{ team_id: string }>('auth.test');
  const users = Object.fromEntries(people.map((name) => [name, idOf(members, name)]));
  return {
    slack: {
      api,
      token,
      signingSecret,
      team,
      users,
      channel: idOf(channels, 'rollouts'),
      incidents: idOf(channels, 'incidents'),
    },
    stop: () => emulator.close(),
  };
}

interface Named {
  readonly id: string;
  readonly name: string;
}

function idOf(all: readonly Named[], name: string): string {
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`the emulator of Slack has no ${name}`);
  return found.id;
}

function workspaceOf(people: readonly string[]): object {
  const bot = { bot_name: 'switchback', bot_user_id: 'U0SWITCHBACK' };
  return {
    team: { name: 'Demo', domain: 'demo' },
    users: people.map((name) => ({ name })),
    channels: [{ name: 'rollouts' }, { name: 'incidents' }],
    oauth_apps: [{ client_id: 'demo', client_secret: 'demo', name: 'Switchback', redirect_uris: [], ...bot }],
    tokens: [{ token, user: bot.bot_name, type: 'bot' }],
    signing_secret: signingSecret,
  };
}
