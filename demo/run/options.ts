import { parseArgs } from 'node:util';
import { scenarioNames, type ScenarioName } from './scenarios.js';

export interface DemoOptions {
  readonly scenario: ScenarioName;
  /** Answer approvals with yes and a question about missing evidence with roll back. */
  readonly yes: boolean;
  readonly json: boolean;
  /** The port of an API that carries everything, in an environment of kind `shared`; 0 for any that is free. */
  readonly api?: number;
  /** Approvals are clicked in a workspace of Slack on this machine. */
  readonly slack?: true;
  /** Every message of it is printed in the end. */
  readonly transcript: boolean;
  /** All stays up when the scenario has ended, until SIGTERM. */
  readonly keep: boolean;
}

export const usage = `npm run demo -- [--scenario ${scenarioNames.join('|')}] [--yes] [-o json]
                [--door api|slack [--keep] [--port N]] [--slack-transcript]

  --scenario NAME  what to show (default: good)
  --yes            answer approvals with yes, and missing evidence with roll back
  --door api       carry it out over HTTP, by people with tokens, in a shared environment
  --door slack     the same, and people are asked in Slack: an emulator on this machine
  --slack-transcript
                   with --door slack: print every message as it stands there, on stderr with -o json
  --port N         the API listens on 127.0.0.1:N (default: any port that is free)
  --keep           leave everything running at the end, until SIGTERM
  -o json          one JSON object as the last line of stdout
  -h, --help       this text

Exit codes: 0 everything promised came true, 1 it did not, 2 usage.
`;

/** Thrown for a command line that cannot be understood. */
export class UsageError extends Error {}

/** Reads the command line; undefined when help was asked for. Throws `UsageError`. */
export function readOptions(args: readonly string[]): DemoOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const scenario = scenarioNames.find((name) => name === values.scenario);
  if (!scenario) {
    throw new UsageError(`scenario ${values.scenario} is unknown: use one of ${scenarioNames.join(', ')}`);
  }
  if (values.output !== undefined && values.output !== 'json') {
    throw new UsageError(`output ${values.output} is unknown: use -o json, or leave it out`);
  }
  if (values.door !== undefined && values.door !== 'api' && values.door !== 'slack') {
    throw new UsageError(`door ${values.door} is unknown: use --door api or --door slack, or leave it out`);
  }
  if (values.door !== 'slack' && values['slack-transcript']) {
    throw new UsageError('--slack-transcript is of a workspace: give --door slack, too');
  }
  if (values.door === 'slack' && !values.yes) {
    throw new UsageError('--door slack clicks by itself: give --yes, too');
  }
  if (values.door === undefined && (values.keep || values.port !== undefined)) {
    throw new UsageError('--keep and --port are of an API: give --door api or --door slack, too');
  }
  const port = values.port ?? '0';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new UsageError(`port ${port} is none`);
  return {
    scenario,
    yes: values.yes,
    json: values.output === 'json',
    keep: values.keep,
    transcript: values['slack-transcript'],
    ...(values.door !== undefined && { api: Number(port) }),
    ...(values.door === 'slack' && { slack: true as const }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', default: 'good' },
        yes: { type: 'boolean', default: false },
        output: { type: 'string', short: 'o' },
        door: { type: 'string' },
        port: { type: 'string' },
        'slack-transcript': { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
