import { directoryOf } from './identity/directory.js';
import { fault, type Fault } from './identity/faults.js';
import { sectionsOfAnotherKind } from './identity/of-its-kind.js';
import { unknownNames } from './identity/who-is-named.js';
import { ambiguousPrincipals } from './identity/who-is-who.js';
import type { Environment } from './environment.js';
import { secretsOfChannels } from './notify.js';
import { secretsOf } from './metrics-settings.js';
import { secretsOfSlack } from './slack.js';

/** What is wrong between the sections of an environment; the first is told. */
export function* faultsOf(given: Environment): Generator<Fault> {
  if (given.kind === 'shared') {
    yield* recordsInADirectory(given);
    yield* plainSecrets(given);
  }
  yield* sectionsOfAnotherKind(given);
  const people = { ...given, directory: directoryOf(given) };
  if (given.kind === 'shared') yield* ambiguousPrincipals(people);
  yield* unknownNames(people);
}

function* recordsInADirectory({ records }: Environment): Generator<Fault> {
  if (typeof records !== 'string') return;
  const message = 'only a local environment may keep them in a directory: write {"url": {"env": "VARIABLE"}}';
  yield fault(message, 'records');
}

function* plainSecrets({ databases, metrics, records, door, notify, slack }: Environment): Generator<Fault> {
  const secrets = [
    ...(typeof records === 'string' ? [] : [[records.url, 'records', 'url'] as const]),
    ...(door ? [[door.key, 'door', 'key'] as const] : []),
    ...(notify ? secretsOfChannels(notify) : []).map(
      ([value, ...path]) => [value, 'notify', 'channels', ...path] as const,
    ),
    ...(slack ? secretsOfSlack(slack) : []).map(([value, member]) => [value, 'slack', member] as const),
    ...Object.entries(databases).map(([name, { url }]) => [url, 'databases', name, 'url'] as const),
    ...Object.entries(metrics).flatMap(([name, source]) =>
      secretsOf(source).map(([value, ...path]) => [value, 'metrics', name, ...path] as const),
    ),
  ];
  const message = 'only a local environment may hold a secret itself: write {"env": "VARIABLE"} instead';
  for (const [value, ...path] of secrets) if (typeof value === 'string') yield fault(message, ...path);
}
