import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { exitCodes, type ExitCode } from '../src/app/cli/exit-codes.js';
import { withOutput } from '../src/app/cli/options.js';
import { milliseconds, type Duration } from '../src/engine/duration.js';
import { benchApproval } from './approval.js';
import { benchBreach } from './breach.js';
import { benchEngine } from './engine.js';
import { tableOf, type Figure, type Report } from './figures.js';
import { benchSoak } from './soak.js';
import { onStage, type Scale, type Stage } from './stage.js';

const benches = {
  engine: benchEngine,
  breach: benchBreach,
  soak: benchSoak,
  approval: benchApproval,
} satisfies Record<string, (stage: Stage, scale: Scale) => Promise<Figure[]>>;

interface Given extends Scale {
  readonly output: 'text' | 'json';
  readonly cached: number;
}

interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Runs one benchmark and prints what it found; answers the exit code. Goals that are missed are figures, no failure. */
export async function runBench(args: readonly string[], { stdout, stderr }: Streams): Promise<ExitCode> {
  const program = new Command('npm run bench --')
    .description('Measures Switchback on a Temporal dev server of its own.')
    .addArgument(new Argument('<bench>', 'what to measure').choices(Object.keys(benches)))
    .option('--rollouts <n>', 'how many; each benchmark has a default', count)
    .addOption(
      new Option('--every <duration>', 'how often a guard is sampled').argParser(duration).default('10s'),
    )
    .option('--cached <n>', 'workflows that the worker keeps in memory', count, 500)
    .addHelpText(
      'after',
      '\nExit codes: 0 measured, whether goals are met or not; 1 the benchmark failed; 2 usage.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    })
    .action(async (bench: keyof typeof benches, { output, cached, ...scale }: Given) => {
      const say = (line: string) => void stderr.write(`${line}\n`);
      const figures = await onStage({ cached, say }, (stage) => benches[bench](stage, scale));
      const report: Report = { bench, figures };
      stdout.write(output === 'json' ? `${JSON.stringify(report)}\n` : tableOf(report));
    });
  try {
    await withOutput(program).parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCodes.unexpected;
  }
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
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
