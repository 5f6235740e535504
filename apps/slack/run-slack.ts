import { openSlack } from './slack.js';
import type { SlackOptions } from './options.js';

/** Keeps the Slack door of an environment open until this process is told to end. */
export async function runSlack(options: SlackOptions): Promise<void> {
  const door = await openSlack(options);
  options.log(`people of ${options.environment} are asked in Slack; their clicks come in by ${door.where}`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await door.close();
}
