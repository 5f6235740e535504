import { clicked, submitted } from '../decide/clicks.js';
import { commanded } from '../decide/commands.js';
import type { Door } from '../decide/door.js';
import { commandOf, interactionOf } from './payload.js';

/** What Slack is answered at once, and what is done after that. */
export interface Handled {
  readonly reply?: object;
  readonly after?: () => Promise<void>;
}

/** Understands what Slack sends; what nobody here knows is acknowledged, for Slack would tell people of a fault. */
export async function handle(door: Door, body: unknown): Promise<Handled> {
  const command = commandOf(body);
  if (command) return { reply: await commanded(door, command) };
  const interaction = interactionOf(body);
  if (!interaction) return {};
  return {
    after: () =>
      interaction.type === 'block_actions' ? clicked(door, interaction) : submitted(door, interaction),
  };
}
