import { startSlack } from '../slack/slack-emulator.js';
import { devDefaults } from '../stack/dev.js';
import { demoPeople } from '../stack/local-configuration.js';
import { milliseconds, type Duration } from '../../src/engine/base/duration.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import type { LoadStats } from '../load/counters.js';
import { Detached } from './answers.js';
import { lookFromOutside } from './findings.js';
import { drillFirst } from './drill-first.js';
import { follow } from './follow.js';
import { readOptions, usage, UsageError, type DemoOptions } from './options.js';
import { demoParams, scenarios } from './scenarios.js';
import { describeSummary, summarise, type Summary } from './summary.js';
import { startSupervisor, type Supervisor } from './supervisor.js';
import { acceptedAnswers } from './decisions.js';
import { recordMessages, type Recorder } from './slack-transcript.js';
import { comeIn } from './ways.js';
import type { Way } from './over-http.js';

const log = (line: string) => void process.stderr.write(`${line}\n`);

/** Runs one scenario from nothing to its summary. */
async function runDemo(options: DemoOptions): Promise<Summary> {
  const scenario = scenarios[options.scenario];
  log(`Switchback demo: ${scenario.title}`);
  let end = (): Promise<void> => Promise.resolve();
  const interrupt = () => void end().then(() => process.exit(130));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const began = Date.now();
  const { customers, requestsPerSecond } = devDefaults;
  const workspace = options.slack && (await startSlack(Object.keys(demoPeople)));
  const supervisor = await startSupervisor(
    {
      customers,
      requestsPerSecond,
      candidate: scenario.candidate,
      onProgress: (line) => log(`  ${line}`),
      ...(options.api !== undefined && { api: options.api }),
      ...(workspace && { slack: workspace.slack }),
    },
    (stop) => (end = stop),
  );
  log(`  Everything runs after ${Math.round((Date.now() - began) / 1_000)} s`);
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
  try {
    const summary = await carryOut(options, supervisor);
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    if (options.keep) await untilTold(supervisor);
    return summary;
  } finally {
    await supervisor.stop();
    await workspace?.stop();
  }
}

async function carryOut(options: DemoOptions, supervisor: Supervisor): Promise<Summary> {
  const { state } = supervisor;
  const plan = splitCustomerName.evaluate(demoParams);
  const { way: client, start, signDrill, close } = await comeIn(supervisor);
  const workspace = supervisor.door?.slack;
  const recorder = workspace && options.transcript ? recordMessages(workspace) : undefined;
  try {
    const drill = signDrill && (await drillFirst(state.temporal.address, plan, signDrill, log));
    const rollout = await start(plan);
    log(
      `  Rollout ${rollout}${state.temporal.uiUrl ? `, in Temporal's own UI: ${state.temporal.uiUrl}` : ''}`,
    );
    const following = follow({ options, supervisor, client, plan, rollout });
    const status = await following.catch((error: unknown) => {
      if (error instanceof Detached) return detach(supervisor, rollout);
      throw error;
    });
    return { ...(await conclude(options, supervisor, client, plan, status)), ...(drill && { drill }) };
  } finally {
    if (recorder) await printTranscript(recorder, options);
    await close();
  }
}

async function printTranscript(recorder: Recorder, { json }: DemoOptions): Promise<void> {
  const print = json ? log : (line: string) => void process.stdout.write(`${line}\n`);
  for (const line of await recorder.end()) print(line);
}

/** Stops the customers, then looks at everything from outside. */
async function conclude(
  options: DemoOptions,
  supervisor: Supervisor,
  client: Way,
  plan: Plan,
  status: StatusReport,
): Promise<Summary> {
  const { state } = supervisor;
  const journal = await client.journal(status.rollout);
  const { stats } = await supervisor.relay<{ stats: LoadStats }>('load', { type: 'stop' }, 'stopped');
  const findings = await lookFromOutside({
    scenario: scenarios[options.scenario],
    status,
    journal,
    stats,
    ledgerFile: supervisor.ledgerFile,
    databaseUrl: state.postgres?.url ?? '',
    flagFile: state.flagFile ?? '',
    drainMs: milliseconds(plan.params.drain as Duration),
  });
  const summary = {
    ...summarise(options.scenario, status, journal, stats, findings),
    ...(options.api !== undefined && { decisions: acceptedAnswers(journal) }),
  };
  const print = options.json ? log : (line: string) => void process.stdout.write(`${line}\n`);
  for (const line of describeSummary(summary, findings)) print(line);
  for (const failure of stats.failures) log(`  failed: ${JSON.stringify(failure)}`);
  for (const loss of findings.judgement.examples) log(`  lost: ${JSON.stringify(loss)}`);
  return summary;
}

/** Whoever looks on decides when it is enough. */
async function untilTold({ door }: Supervisor): Promise<void> {
  log(`  All stays up, the API at ${door?.url}, until SIGTERM`);
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  clearInterval(alive);
}

/** Ends this process; the stack and the rollout go on. */
async function detach(supervisor: Supervisor, rollout: string): Promise<never> {
  await supervisor.keep();
  const where =
    process.env.SWITCHBACK_STATE === supervisor.stateFile ? '' : `SWITCHBACK_STATE=${supervisor.stateFile} `;
  log('\nDetached: the rollout goes on.');
  log(`  come back    ${where}npx switchback status ${rollout} --watch`);
  log(`  answer       ${where}npx switchback approve ${rollout} --as ana`);
  log(`  stop it all  ${where}npx switchback dev --stop`);
  process.exit(0);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const summary = await runDemo(options);
  process.exit(summary.verified ? 0 : 1);
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}
