import { setTimeout as sleep } from 'node:timers/promises';
import { pointLine } from '../../apps/cli/drills/follow.js';
import { connectDrills, type DrillsClient, type StartedDrill } from '../../apps/client/drills.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { UsageError } from '../run/options.js';
import { readOptions, usage, type DrillDemoOptions } from './options.js';
import { demoParams } from '../run/scenarios.js';
import { drillEnvironment, startDrillStack } from './stack.js';
import { summaryOf, type DrillSummary } from '../run/drill-summary.js';

const log = (line: string) => void process.stderr.write(`${line}\n`);

/** Drills the demo's runbook on servers of its own. */
async function runDrill({ points, timeScale }: DrillDemoOptions): Promise<DrillSummary> {
  const plan = splitCustomerName.evaluate(demoParams);
  log('Switchback drill: the demo runbook fails at each of its points, and goes back');
  const stack = await startDrillStack((line) => log(`  ${line}`));
  const interrupt = () => void stack.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const client = await connectDrills({ address: stack.address });
  try {
    const input = { plan, digest: planDigest(plan), environment: drillEnvironment, startedBy: 'demo' };
    const drill = await client.start({ ...input, timeScale, ...(points && { points }) });
    const over = new AbortController();
    const following = follow(client, drill, over.signal);
    const record = await client.result(drill).finally(() => over.abort());
    const told = await following;
    for (const point of record.points.slice(told)) log(`  ${pointLine(point)}`);
    for (const text of record.notSimulated) log(`  not simulated: ${text}`);
    return summaryOf(record);
  } finally {
    await client.close();
    await stack.stop();
  }
}

/** Tells of each point as soon as it was drilled; answers of how many it told. */
async function follow(client: DrillsClient, drill: StartedDrill, signal: AbortSignal): Promise<number> {
  let told = 0;
  while (!signal.aborted) {
    const progress = await client.progress(drill);
    for (const point of progress?.drilled.slice(told) ?? []) {
      told += 1;
      log(`  ${told} of ${progress?.points} ${pointLine(point)}`);
    }
    await sleep(500);
  }
  return told;
}

function print(summary: DrillSummary, json: boolean): void {
  const { passed, points, pastReturn, timeToRestoreMs: times } = summary;
  const text = `${passed} of ${points} points came back, ${pastReturn} past the point of no return halted; time to restore ${times.p50} ms in the middle, ${times.max} ms at worst`;
  process.stdout.write(`${json ? JSON.stringify(summary) : text}\n`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const summary = await runDrill(options);
  print(summary, options.json);
  process.exit(summary.failed.length === 0 ? 0 : 1);
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}
