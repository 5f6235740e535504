import { clicked, submitted } from '../decide/clicks.js';
import { commanded } from '../decide/commands.js';
import type { Door } from '../decide/door.js';
import type { Limit } from './limit.js';
import { commandOf, interactionOf } from './payload.js';

/** What Slack is answered at once, and what is done after that. */
export interface Handled {
  readonly reply?: object;
  readonly after?: () => Promise<void>;
}

/** Understands what Slack sends; what nobody here knows is acknowledged, for Slack would tell people of a fault. */
export async function handle(door: Door, mayAct: Limit, body: unknown): Promise<Handled> {
  const command = commandOf(body);
  const interaction = interactionOf(body);
  const user = command?.user_id ?? interaction?.user.id;
  if (user !== undefined && !mayAct(user)) {
    door.log(`${user} acts too often: what is more than that is not looked at for a minute`);
    return {};
  }
  if (command) return { reply: await commanded(door, command) };
  if (!interaction) return {};
  return {
    after: () =>
      interaction.type === 'block_actions' ? clicked(door, interaction) : submitted(door, interaction),
  };
}
