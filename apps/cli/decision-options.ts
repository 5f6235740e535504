import { InvalidArgumentError, Option, type Command } from 'commander';
import { rolloutArgument, withOutput, withPerson, withServer } from './options.js';

const longestKey = 200;

/** What every decision about a rollout takes: which one, who, why, and the key under which it counts once. */
export function withDecision(command: Command, reason: 'needs reason' | 'reason optional'): Command {
  const why = new Option('--reason <text>', 'why: it stands in the journal').argParser(words);
  const decision = withPerson(withServer(withOutput(command))).argument('<rollout>', rolloutArgument);
  return withKey(decision.addOption(why.makeOptionMandatory(reason === 'needs reason')));
}

/** The key under which a decision counts once. */
export function withKey(command: Command): Command {
  return command.option(
    '--key <key>',
    'the id of this decision: given again it changes nothing and is answered as the first time; else random',
    key,
  );
}

/** Text that says something. */
export function words(value: string): string {
  if (value.trim() !== '') return value;
  throw new InvalidArgumentError('Say why in a few words.');
}

function key(value: string): string {
  if (value.trim() !== '' && value.length <= longestKey) return value;
  throw new InvalidArgumentError(`Give 1 to ${longestKey} characters.`);
}
