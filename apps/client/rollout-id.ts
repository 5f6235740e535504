import { randomBytes } from 'node:crypto';
import { Refusal } from '../../src/engine/base/errors.js';
import { partsOf, type RolloutIdParts } from '../../src/protocol/rollout-id.js';

export { partsOf, type RolloutIdParts };

/** Temporal's ids may have more; longer ones are unreadable in its tools. */
const longest = 200;

/** The workflow id of a rollout. Throws `Refusal` for parts that would not read back. */
export function rolloutId({ environment, runbook, key }: RolloutIdParts): string {
  for (const [name, part] of Object.entries({ environment, key })) {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part)) continue;
    throw new Refusal(
      `${name} "${part}"`,
      'cannot be part of a rollout id',
      'use letters, digits, dots, hyphens and underscores',
    );
  }
  const id = `rollout/${environment}/${runbook}/${key}`;
  if (id.length <= longest) return id;
  throw new Refusal(`key ${key}`, `makes the rollout id longer than ${longest} characters`, 'shorten it');
}

/** The environment whose locks, sentinel or Slack door an id names (`locks/<environment>`), or undefined when it names none. */
export function environmentIn(id: string): string | undefined {
  const [, environment] =
    /^(?:locks|sentinel)\/([^/]+)$/.exec(id) ?? /^slack\/([^/]+)\/\d{4}-\d{2}$/.exec(id) ?? [];
  return environment;
}

/** A key nobody else has: the time in UTC as `20261123t101500z` and four random hex digits. */
export function freshKey(now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time.toLowerCase()}-${randomBytes(2).toString('hex')}`;
}

/** Those of the ids that `given` may mean: the whole id, else its last parts, else its last characters. */
export function matchingIds(given: string, ids: readonly string[]): readonly string[] {
  if (given === '') return [];
  const tests = [
    (id: string) => id === given,
    (id: string) => id.endsWith(`/${given}`),
    (id: string) => id.endsWith(given),
  ];
  return tests.map((test) => ids.filter(test)).find((matches) => matches.length > 0) ?? [];
}
