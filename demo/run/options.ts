import { parseArgs } from 'node:util';
import { scenarioNames, type ScenarioName } from './scenarios.js';

export interface DemoOptions {
  readonly scenario: ScenarioName;
  /** Answer approvals with yes and a question about missing evidence with roll back. */
  readonly yes: boolean;
  readonly json: boolean;
}

export const usage = `npm run demo -- [--scenario ${scenarioNames.join('|')}] [--yes] [-o json]

  --scenario NAME  what to show (default: good)
  --yes            answer approvals with yes, and missing evidence with roll back
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
  return { scenario, yes: values.yes, json: values.output === 'json' };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', default: 'good' },
        yes: { type: 'boolean', default: false },
        output: { type: 'string', short: 'o' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
