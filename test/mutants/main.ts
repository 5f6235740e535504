import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openStage } from '../../apps/testing/local/stage.js';
import { isRunbook, type Runbook } from '../../src/engine/plan/runbook.js';
import { beginnings } from './begin.js';
import { equivalent } from './equivalent.js';
import { describeReport, exitCodeOf, reportOf, type TriedRunbook } from './report.js';
import { requireGreen, tryMutants } from './try-mutants.js';

const usage = `npm run drill:mutants -- [-o text|json]

Spoils each way back of each runbook in runbooks/, one at a time: it is removed, it says that it succeeded and does
nothing, it puts back what the act itself left. Drills each on this machine, with the SQL on a real PostgreSQL, and
expects every drill to turn red. Ends with 1 when one stays green.
`;

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

function readOutput(): 'text' | 'json' | undefined {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', short: 'o', default: 'text' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { output, help } = values;
  if (help) return undefined;
  if (output === 'text' || output === 'json') return output;
  throw new TypeError(`-o ${output}: is neither text nor json`);
}

try {
  const output = readOutput();
  if (!output) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const runbooks: TriedRunbook[] = [];
  for (const runbook of await runbooksOf(directory)) runbooks.push(await tryRunbook(runbook));
  const report = reportOf(runbooks, equivalent);
  process.stdout.write(`${output === 'json' ? JSON.stringify(report) : describeReport(report, runbooks)}\n`);
  process.exitCode = exitCodeOf(report);
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
