import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { withOutput } from '../apps/cli/options.js';
import { workerSettings } from '../apps/worker/worker-settings.js';
import { milliseconds, type Duration } from '../src/engine/base/duration.js';

export const benchNames = ['engine', 'breach', 'soak', 'approval', 'doors', 'people', 'drills'] as const;
export type BenchName = (typeof benchNames)[number];

/** How large a benchmark is made. */
export interface Scale {
  /** Each benchmark has a number of its own when it is absent. */
  readonly rollouts?: number;
  /** How often a guard is sampled. */
  readonly every: Duration;
}

export interface BenchOptions extends Scale {
  readonly bench: BenchName;
  readonly output: 'text' | 'json';
  /** Workflows that the worker keeps in memory. */
  readonly cached: number;
}

interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Reads the command line. Throws `CommanderError`, its text already written, also when help was asked for. */
export function readOptions(args: readonly string[], { stdout, stderr }: Streams): BenchOptions {
  const command = withOutput(new Command('npm run bench --'))
    .description('Measures Switchback on a Temporal dev server of its own.')
    .addArgument(new Argument('<bench>', 'what to measure').choices(benchNames))
    .option('--rollouts <n>', 'how many; each benchmark has a number of its own', count)
    .addOption(
      new Option('--every <duration>', 'how often a guard is sampled').argParser(duration).default('10s'),
    )
    .option(
      '--cached <n>',
      'workflows that the worker keeps in memory',
      count,
      workerSettings.maxCachedWorkflows,
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 measured, whether goals are met or not; 1 the benchmark itself failed; 2 usage.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    })
    .parse(args, { from: 'user' });
  const [bench] = command.processedArgs as [BenchName];
  return { bench, ...command.opts<Omit<BenchOptions, 'bench'>>() };
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a whole number above zero.');
}

function duration(text: string): Duration {
  try {
    milliseconds(text as Duration);
    return text as Duration;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
