import { InvalidArgumentError, Option, type Command } from 'commander';

/** `-o json`: the last line of stdout is one JSON object. */
export function withOutput(command: Command): Command {
  const option = new Option(
    '-o, --output <format>',
    'text, or json: the last line of stdout is one JSON object',
  );
  return command.addOption(option.choices(['text', 'json']).default('text'));
}

/** `--address`: where Temporal is. */
export function withServer(command: Command): Command {
  return command.option(
    '--address <host:port>',
    "Temporal's address; else TEMPORAL_ADDRESS, Temporal's profile, then the local stack",
    address,
  );
}

/** `--param`, as often as wanted. */
export function withParams(command: Command): Command {
  return command.option(
    '--param <name=value>',
    'a parameter of the runbook, may be repeated; JSON where the value is JSON ([5,25], true), else text',
    (value: string, before: string[]) => [...before, value],
    [],
  );
}

/** `--as`: who decides. */
export function withPerson(command: Command): Command {
  return command.requiredOption('--as <name>', 'who decides; a name alone counts in local environments only');
}

export const rolloutArgument = 'its id, or the end of it: <runbook>/<key> or <key>';

function address(value: string): string {
  if (/^[^\s/:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(value)) return value;
  throw new InvalidArgumentError('Write it as host:port, for example localhost:7233.');
}
