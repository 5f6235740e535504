import { isRefusal } from '../../../src/engine/base/errors.js';
import { principalOfSlack } from '../../../src/identity/index.js';
import type { SlackWeb } from '../../../activities/slack/web.js';
import { directoryOf } from '../../config/identity/directory.js';
import type { Environment } from '../../config/config.js';

/** Whose click it is, as Slack signed it: ids, never names that people can change. */
export interface SlackPerson {
  readonly user: string;
  /** The workspace that the person belongs to. */
  readonly team: string;
}

/** Who somebody is here; or why they decide nothing, and the name under which the journal keeps that they tried. */
export type Identified =
  | { readonly name: string }
  | {
      readonly refused: string;
      readonly tried: string;
      /** Who it is by the signature of Slack alone, which cannot be asked now. */
      readonly unsure?: string;
    };

/**
 * Who somebody is, as of now: bound by team and user, of this workspace, no guest, and not deactivated.
 *
 * @param team the workspace that the configuration names
 */
export async function identify(
  environment: Environment,
  team: string,
  web: Pick<SlackWeb, 'user'>,
  person: SlackPerson,
): Promise<Identified> {
  // No principal is called so: nothing that is signed for it can count.
  const tried = `slack:${person.team}/${person.user}`;
  if (person.team !== team) {
    return { tried, refused: `workspace ${person.team} is not the one whose people decide here` };
  }
  const directory = directoryOf(environment);
  let name: string;
  try {
    name = principalOfSlack(directory, person.team, person.user);
  } catch (error) {
    if (isRefusal(error)) return { tried, refused: error.message };
    throw error;
  }
  // Slack lets people act who were made guests since, or whose account ends in this moment: it is asked each time.
  try {
    const { deactivated, outsider, team: home } = await web.user(person.user);
    if (deactivated) return { tried, refused: `the Slack account of ${name} is deactivated` };
    if (outsider) return { tried, refused: `the Slack account of ${name} is a ${outsider}'s` };
    if (home !== '' && home !== team)
      return { tried, refused: `the Slack account of ${name} is of workspace ${home}` };
    return { name };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { tried, refused: `Slack does not say now whose account this is (${why})`, unsure: name };
  }
}
