import { casesOf, draw, type Case } from './cases.js';
import type { ChaosOptions } from './options.js';
import { randomScenario } from './random-scenario.js';
import { describeCase, describeResult, isEqual } from './report.js';
import { runCase, runUndisturbed, type Result, type RunOptions, type Undisturbed } from './runs.js';
import { demoScenarios, type Scenario } from './scenario.js';

/** A busy machine can move a point to another place, or out of the run: then it is tried again. */
const tries = 3;

/**
 * Makes the undisturbed runs, draws points from what they came by, and makes a run for each.
 *
 * @throws Error when an undisturbed run does not end
 */
export async function chaos(
  options: ChaosOptions,
  how: Omit<RunOptions, 'outage' | 'planted'>,
  onProgress: (line: string) => void,
): Promise<Result[]> {
  const { outage, planted, jobs, seed } = options;
  const settings = { ...how, outage, planted };
  const undisturbed = new Map<Scenario, Undisturbed>();
  const scenarios = scenariosOf(options);
  await inParallel(scenarios, jobs, async (scenario) => {
    const took = stopwatch();
    const run = await runUndisturbed(scenario, settings);
    undisturbed.set(scenario, run);
    onProgress(`${took()} undisturbed: ${scenario.name}, ${run.points.length} points`);
  });
  const all = scenarios.flatMap((scenario) => casesOf(scenario, undisturbed.get(scenario)?.points ?? []));
  const drawn = draw(all, options);
  if (drawn.length === 0)
    throw new Error('no run came by such a point: look at the names that --only is to match');
  onProgress(`${drawn.length} of ${all.length} points, seed ${seed}`);
  let done = 0;
  return inParallel(drawn, jobs, async (one) => {
    const took = stopwatch();
    onProgress(`        begins: ${describeCase(one)}`);
    const result = await tried(one, undisturbed, settings);
    done += 1;
    onProgress(`${took()} ${done}/${drawn.length} ${describeResult(result)}`);
    return result;
  });
}

/** How long it has been since now, as people read it. */
function stopwatch(): () => string {
  const from = performance.now();
  return () => `${((performance.now() - from) / 1_000).toFixed(1).padStart(5)} s`;
}

function scenariosOf({ plans, seed, only }: ChaosOptions): Scenario[] {
  const random = Array.from({ length: plans }, (_, index) => randomScenario(seed + index));
  const all = [...demoScenarios(), ...random];
  // Which points there are is known only afterwards, but a pattern that begins with one scenario means no other.
  const meant = all.filter(({ name }) => only?.source.startsWith(`^${name} `));
  return meant.length > 0 ? meant : all;
}

async function tried(
  one: Case,
  undisturbed: ReadonlyMap<Scenario, Undisturbed>,
  settings: RunOptions,
): Promise<Result> {
  const expected = undisturbed.get(one.scenario)?.observation ?? {};
  for (let left = tries; ; left--) {
    const result = await runCase(one, expected, settings);
    if (isEqual(result) || result.struck || left <= 1) return result;
  }
}

/** Does the work of each entry, so many at once, and answers in their order. */
async function inParallel<T, R>(all: readonly T[], jobs: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  const left = all.entries();
  const lane = async () => {
    for (const [index, one] of left) answers[index] = await work(one);
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  return answers;
}
