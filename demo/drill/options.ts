import { parseArgs } from 'node:util';
import { UsageError } from '../run/options.js';

/** What `npm run drill:demo` is asked for. */
export interface DrillDemoOptions {
  /** Names of the points to drill; all of them when absent. */
  readonly points?: readonly string[];
  /** By what windows and minimum samples are multiplied, above 0 and at most 1. */
  readonly timeScale: number;
  readonly json: boolean;
}

export const usage = `npm run drill:demo -- [--point NAME]... [-o json]

  --point NAME     drills this point only, such as "backfill/shop.customer crash"; may be given again
  --time-scale N   multiplies windows and minimum samples (default: 0.005)
  -o json          one JSON object as the last line of stdout
  -h, --help       this text

Exit codes: 0 every point that was drilled came back, 1 one did not, 2 usage.
`;

/** Reads the command line; undefined when help was asked for. Throws `UsageError`. */
export function readOptions(args: readonly string[]): DrillDemoOptions | undefined {
  const { point, output, help, 'time-scale': scale } = parse(args);
  if (help) return undefined;
  const timeScale = Number(scale);
  if (!(timeScale > 0 && timeScale <= 1)) {
    throw new UsageError(`time scale ${scale} is none: use a number above 0 and at most 1`);
  }
  if (output !== undefined && output !== 'json') {
    throw new UsageError(`output ${output} is unknown: use -o json, or leave it out`);
  }
  return { ...(point && { points: point }), timeScale, json: output === 'json' };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        point: { type: 'string', multiple: true },
        'time-scale': { type: 'string', default: '0.005' },
        output: { type: 'string', short: 'o' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
