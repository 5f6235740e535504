import { CommanderError } from 'commander';
import { exitCodes, type ExitCode } from '../apps/cli/exit-codes.js';
import { benchApproval } from './approval.js';
import { benchBreach } from './breach.js';
import { benchDoors } from './doors.js';
import { benchDrills } from './drills.js';
import { benchEngine } from './engine.js';
import { tableOf, type Figure, type Report } from './figures.js';
import { readOptions, type BenchName, type Scale } from './options.js';
import { benchPeople } from './people.js';
import { benchSoak } from './soak.js';
import { onStage, type Stage } from './stage.js';

const benches: { readonly [B in BenchName]: (stage: Stage, scale: Scale) => Promise<Figure[]> } = {
  engine: benchEngine,
  breach: benchBreach,
  soak: benchSoak,
  approval: benchApproval,
  doors: benchDoors,
  people: benchPeople,
  drills: benchDrills,
};

/** Measures and prints; answers the exit code. A goal that is missed is a figure, no failure. */
async function main(args: readonly string[]): Promise<ExitCode> {
  try {
    const { bench, output, cached, ...scale } = readOptions(args, process);
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const figures = await onStage({ cached, say }, (stage) => benches[bench](stage, scale));
    const report: Report = { bench, figures };
    process.stdout.write(output === 'json' ? `${JSON.stringify(report)}\n` : tableOf(report));
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodes.unexpected;
  }
}

process.exit(await main(process.argv.slice(2)));
