import { InvalidArgumentError, Option, type Command } from 'commander';

/** `-o json`: the last line of stdout is one JSON object. */
export function withOutput(command: Command): Command {
  const option = new Option(
    '-o, --output <format>',
    'text, or json: the last line of stdout is one JSON object',
  );
  return command.addOption(option.choices(['text', 'json']).default('text'));
}

/** `--address`: where Temporal is; or `--server`: where the API of an environment is. */
export function withServer(command: Command): Command {
  const text = "Temporal's address; else TEMPORAL_ADDRESS, Temporal's profile, then the local stack";
  return withApi(command).addOption(
    new Option('--address <host:port>', text).argParser(address).conflicts('server'),
  );
}

/** `--address`: where Temporal is, for what no API does. */
export function withTemporal(command: Command): Command {
  const text = "Temporal's address; else TEMPORAL_ADDRESS, Temporal's profile, then the local stack";
  return command.addOption(new Option('--address <host:port>', text).argParser(address));
}

/** `--server`: the API of an environment. */
export function withApi(command: Command): Command {
  return command.option(
    '--server <url>',
    'the API of an environment, instead of Temporal; else SWITCHBACK_URL',
  );
}

/** `--env`: which environment; an API is for one, and knows which. */
export function withEnvironment(command: Command): Command {
  return command.option('--env <name>', "the environment (default: local, or the API's own)");
}

/** `--address` of a worker, which serves no local stack unless it is told to. */
export function withWorkersServer(command: Command): Command {
  return command.option(
    '--address <host:port>',
    "Temporal's address; else TEMPORAL_ADDRESS, Temporal's profile, then localhost:7233",
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
  const text = 'who decides; a name alone counts in local environments only, and an API knows who asks';
  return command.option('--as <name>', text);
}

/** `--asked-for`: a program starts nothing of its own accord. */
export function askedForOption(): Option {
  const text =
    'who asked for it, when a service starts it: at a gate with four eyes they count as having started it, too';
  return new Option('--asked-for <person>', text);
}

export const rolloutArgument = 'its id, or the end of it: <runbook>/<key> or <key>';

function address(value: string): string {
  if (/^[^\s/:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(value)) return value;
  throw new InvalidArgumentError('Write it as host:port, for example localhost:7233.');
}
