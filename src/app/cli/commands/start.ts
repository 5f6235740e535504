import { Option } from 'commander';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, Refusal, type RolloutClient, type Started } from '../../client.js';
import type { Outcome } from '../../../engine/state.js';
import {
  print,
  withClient,
  type Context,
  type OutputOptions,
  type Register,
  type ServerOptions,
} from '../context.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import { withOutput, withParams, withServer } from '../options.js';
import { parseParams } from '../params.js';

const lookEvery = 250;

interface StartOptions extends ServerOptions, OutputOptions {
  readonly param: string[];
  readonly env: string;
  readonly key?: string;
  readonly as?: string;
  readonly wait?: true;
  readonly noWait?: true;
  readonly detach?: true;
}

/** `switchback start`: begins a rollout, and with `--wait` stays until it ends. */
export const registerStart: Register = (program, context) => {
  withServer(withParams(withOutput(program.command('start'))))
    .description('start a rollout')
    .argument('<runbook>', 'a runbook (.ts, .js), or a plan in JSON (.json)')
    .option('--env <name>', 'the environment', 'local')
    .option(
      '--key <key>',
      'the last part of the id; a second start with the same is refused (default: the time)',
    )
    .option('--as <name>', 'who starts it (default: the user of this machine)')
    .option('--wait', 'show its progress until it ends; Ctrl-C detaches')
    .addOption(noWait())
    .option('--detach', 'answer as soon as it is durable, before its preflight')
    .action((file: string, options: StartOptions) => start(file, options, context));
};

/** Not the opposite of `--wait`, for which commander would take it: both can be wanted. */
function noWait(): Option {
  const text = 'refuse instead of standing in line while another rollout holds its targets';
  return Object.assign(new Option('--no-wait', text), { negate: false, attributeName: () => 'noWait' });
}

async function start(file: string, options: StartOptions, context: Context): Promise<void> {
  const { loadPlan } = await import('../../load-runbook.js');
  const { plan, digest } = await loadPlan(file, parseParams(options.param), context.io.cwd);
  await withClient(context, options, async (client) => {
    const { env: environment, key, as: startedBy = userInfo().username } = options;
    const request = {
      plan,
      digest,
      environment,
      startedBy,
      ...(key !== undefined && { key }),
      ...(options.noWait && { wait: false as const }),
    };
    const started = await client.start(request);
    const worked = await hasWorker(client, environment, context);
    const result = { ...started, environment, runbook: plan.runbook, digest, startedBy };
    if (options.wait) return awaitEnd(client, started, result, options, context);
    if (worked && !options.detach) await awaitPreflight(client, started.rollout, context);
    const text = `started ${started.rollout}\nsee it with: switchback status ${started.rollout} --watch`;
    print(context, options, result, text);
  });
}

async function awaitEnd(
  client: RolloutClient,
  { rollout }: Started,
  result: object,
  options: StartOptions,
  context: Context,
): Promise<void> {
  const { follow } = await import('../follow.js');
  context.io.stderr.write(`started ${rollout}\n`);
  const outcome = await follow(client, rollout, { io: context.io });
  if (outcome === 'detached') {
    context.io.stderr.write(`detached: it goes on; come back with: switchback status ${rollout} --watch\n`);
    context.exitCode = exitCodes.detached;
    return;
  }
  if (outcome.type === 'refused') throw refusalOf(rollout, outcome);
  context.exitCode = exitCodeOf(outcome);
  print(context, options, { ...result, outcome }, `${outcome.type}: ${outcome.reason}`);
}

/** Whoever starts a rollout that does not fit its environment hears of it at once. */
async function awaitPreflight(client: RolloutClient, rollout: string, { io }: Context): Promise<void> {
  for (;;) {
    const { status, outcome, why } = await client.status(rollout);
    if (outcome?.type === 'refused') throw refusalOf(rollout, outcome);
    if (status === 'queued') io.stderr.write(`it stands in line: it waits for ${why.waitingFor}\n`);
    if (status !== 'preflight') return;
    await sleep(lookEvery);
  }
}

function refusalOf(rollout: string, { reason }: Outcome): Refusal {
  return new Refusal(rollout, `was refused, ${reason}`, 'mend that and start it again');
}

async function hasWorker(client: RolloutClient, environment: string, { io }: Context): Promise<boolean> {
  const seen = await client.workerSeenAt(environment).catch((error: unknown) => {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  });
  if (seen !== undefined) return true;
  io.stderr.write(
    `no worker of environment ${environment} runs: it waits for one; start one: switchback worker --env ${environment}\n`,
  );
  return false;
}
