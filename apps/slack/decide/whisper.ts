import type { Destination } from '../../../activities/slack/web.js';
import type { Door } from './door.js';

/** Tells one person, in place. Who cannot be told has decided all the same: that nothing was said changes nothing. */
export async function whisperTo(
  { web, log }: Pick<Door, 'web' | 'log'>,
  at: Destination,
  user: string,
  text: string,
): Promise<void> {
  await web.whisper(at, user, text).catch((error: unknown) => {
    log(`${user} could not be told: ${error instanceof Error ? error.message : String(error)}`);
  });
}
