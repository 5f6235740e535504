import type { Directory } from '../../../src/identity/index.js';

/** So many people of a group are called at most. */
const mostCalled = 8;

/** Those of a group, or a person, whom Slack can call. */
export function peopleOf(directory: Directory, owner: string): readonly string[] {
  return Object.entries(directory.principals)
    .flatMap(([name, { groups, slack }]) =>
      slack && (name === owner || groups.includes(owner)) ? [`<@${slack.user}>`] : [],
    )
    .slice(0, mostCalled);
}
