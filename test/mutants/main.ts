import { readdir } from 'node:fs/promises';
import { processIo } from '../../apps/cli/io.js';
import { configuredFor, withRecordsOf } from '../../apps/cli/records-of.js';
import { openStage } from '../../apps/testing/local/stage.js';
import { isRunbook, type Runbook } from '../../src/engine/plan/runbook.js';
import { beginnings } from './begin.js';
import { equivalent } from './equivalent.js';
import { noteRed } from './note-red.js';
import { readOptions, usage, type MutantOptions } from './options.js';
import { describeReport, exitCodeOf, reportOf, type MutantReport, type TriedRunbook } from './report.js';
import { requireGreen, tryMutants } from './try-mutants.js';

const directory = new URL('../../runbooks/', import.meta.url);
const log = (line: string) => void process.stderr.write(`${line}\n`);

async function runbooksOf(place: URL): Promise<Runbook[]> {
  const files = (await readdir(place)).filter((name) => name.endsWith('.ts')).sort();
  const modules = await Promise.all(files.map(async (name) => import(new URL(name, place).href)));
  return modules.map((module: { default?: unknown }, index) => {
    if (isRunbook(module.default)) return module.default;
    throw new Error(`runbooks/${files[index]}: exports no runbook; write export default runbook({ ... })`);
  });
}

async function tryRunbook(runbook: Runbook): Promise<TriedRunbook> {
  const { name } = runbook;
  const begin = beginnings[name];
  if (!begin)
    throw new Error(`${name}: nobody says how what it acts on begins; add it to test/mutants/begin.ts`);
  const plan = runbook.evaluate({});
  log(`${name}: starting what it acts on`);
  const stage = await openStage(plan, begin);
  try {
    log(`${name}: drilling it as it is`);
    await requireGreen(stage, plan);
    const tried = await tryMutants(stage, plan, ({ mutant, killedAt }) =>
      log(`${name}: ${mutant}: ${killedAt ? `red at ${killedAt}` : 'green'}`),
    );
    return { runbook: name, tried };
  } finally {
    await stage.close();
  }
}

/** In the records of a drill environment, whose own drills say so from then on. */
async function note({ env, config }: MutantOptions, runbooks: readonly string[], report: MutantReport) {
  if (env === undefined) return;
  const io = processIo();
  const { environment } = await configuredFor(`sentinel/${env}`, { config }, io);
  const red = await withRecordsOf(env, environment, io, ({ drills }) =>
    noteRed(drills, runbooks, report, Date.now()),
  );
  log(`noted in the records of ${env}: ${red.join(', ') || 'nothing'}`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const runbooks: TriedRunbook[] = [];
  for (const runbook of await runbooksOf(directory)) runbooks.push(await tryRunbook(runbook));
  const report = reportOf(runbooks, equivalent);
  await note(
    options,
    runbooks.map(({ runbook }) => runbook),
    report,
  );
  process.stdout.write(
    `${options.output === 'json' ? JSON.stringify(report) : describeReport(report, runbooks)}\n`,
  );
  process.exitCode = exitCodeOf(report);
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
