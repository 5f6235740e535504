import { parseArgs } from 'node:util';
import { milliseconds, type Duration } from '../../src/engine/base/duration.js';
import { faultNames, type FaultName } from './faults.js';

export interface ChaosOptions {
  /** How many points are drawn; all when absent. */
  readonly points?: number;
  readonly seed: number;
  /** How many random plans there are beside the demo's. */
  readonly plans: number;
  readonly faults: readonly FaultName[];
  /** What the name of a point, its scenario in front, has to match; all when absent. */
  readonly only?: RegExp;
  /** Milliseconds that a network stays bad. */
  readonly outage: number;
  /** How many runs go on at once. */
  readonly jobs: number;
  readonly planted: boolean;
  readonly json: boolean;
}

export const usage = `npm run chaos -- [--points N] [--seed N] [--plans N] [--faults LIST] [--only PATTERN] [--outage 30s] [--jobs N] [-o json]

Carries out the demo's plan (to its end, with a breach, with an abort) and some random plans undisturbed. Then again
with a fault at each point that they came by: kill -9 of the worker before, half-way through and after each activity's
effect and in the middle of each write of a file; the same, and a second kill while the next worker recovers, of that one
or of Temporal; kill -9 of Temporal, the database gone, metrics that answer 500, a flag store that is slow. Each time the
world, the journal and the effects must be those of the undisturbed run.

  --points N      how many points, spread evenly over all (default: all, which takes hours)
  --seed N        which points, and which random plans (default: 1)
  --plans N       how many random plans (default: 2)
  --faults LIST   some of ${faultNames.join(',')} (default: all)
  --only PATTERN  points whose name this regular expression matches, such as '^breach before restore'
  --outage TIME   how long a network stays bad (default: 30s)
  --jobs N        how many runs at once (default: 4; most of a run is waiting)
  --planted       give the worker an act that is not idempotent: shows that a difference is found
  -o json         one JSON object as the last line of stdout
  -h, --help      this text

Exit codes: 0 every run ended as the undisturbed one, 1 one did not or its fault never took place, 2 usage.
`;

/** Thrown for a command line that cannot be understood. */
export class UsageError extends Error {}

/** Reads the command line; undefined when help was asked for. @throws UsageError */
export function readOptions(args: readonly string[]): ChaosOptions | undefined {
  const given = parse(args);
  if (given.help) return undefined;
  if (given.output !== undefined && given.output !== 'json') {
    throw new UsageError(`output ${given.output} is unknown: use -o json, or leave it out`);
  }
  return {
    ...(given.points !== undefined && { points: count('points', given.points, 1) }),
    seed: count('seed', given.seed, 0),
    plans: count('plans', given.plans, 0),
    faults: faultsOf(given.faults),
    ...(given.only !== undefined && { only: patternOf(given.only) }),
    outage: timeOf(given.outage),
    jobs: count('jobs', given.jobs, 1),
    planted: given.planted,
    json: given.output === 'json',
  };
}

function count(name: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new UsageError(`--${name} ${text} is no count: give a whole number from ${least} on`);
}

function faultsOf(list: string | undefined): readonly FaultName[] {
  if (list === undefined) return faultNames;
  return list.split(',').map((given) => {
    const found = faultNames.find((name) => name === given);
    if (found) return found;
    throw new UsageError(`fault ${given} is unknown: use some of ${faultNames.join(',')}`);
  });
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new UsageError(
      `--only ${text} is no regular expression: write one, such as '^breach before restore'`,
    );
  }
}

function timeOf(text: string): number {
  try {
    return milliseconds(text as Duration);
  } catch {
    throw new UsageError(`--outage ${text} is no time: write it as 500ms, 30s or 1m`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        points: { type: 'string' },
        seed: { type: 'string', default: '1' },
        plans: { type: 'string', default: '2' },
        faults: { type: 'string' },
        only: { type: 'string' },
        outage: { type: 'string', default: '30s' },
        jobs: { type: 'string', default: '4' },
        planted: { type: 'boolean', default: false },
        output: { type: 'string', short: 'o' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
