import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, Refusal, Unreachable, type RolloutClient, type Started } from '../client/client.js';
import type { Outcome } from '../../src/engine/state/state.js';
import { print, type Context, type OutputOptions } from './context.js';
import type { Io } from './io.js';
import { preflightWarnings } from './preflight-warnings.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';

const lookEvery = 250;
/** Milliseconds in which a rollout that has just begun may not answer yet. */
const patience = 10_000;

/** Whether a command that started a rollout stays with it. */
export interface AwaitOptions extends OutputOptions {
  readonly wait?: true;
  readonly detach?: true;
}

/** What a command that started a rollout knows of it. */
interface Begun {
  readonly environment: string;
  /** The rollout that this one takes back. */
  readonly reverts?: string;
}

/** Stays with a rollout that was just started for as long as the options say, then prints what came of it. */
export async function afterStart(
  client: RolloutClient,
  started: Started,
  result: Begun,
  options: AwaitOptions,
  context: Context,
): Promise<void> {
  const { rollout } = started;
  const worked = await hasWorker(client, result.environment, context);
  if (options.wait) return awaitEnd(client, started, result, options, context);
  if (worked && !options.detach) await awaitPreflight(client, rollout, context);
  const text = `started ${rollout}\nsee it with: switchback status ${rollout} --watch`;
  print(context, options, result, text);
}

async function awaitEnd(
  client: RolloutClient,
  { rollout }: Started,
  result: Begun,
  options: AwaitOptions,
  context: Context,
): Promise<void> {
  const { follow } = await import('./follow.js');
  context.io.stderr.write(`started ${rollout}\n`);
  const outcome = await follow(client, rollout, { io: context.io });
  if (outcome === 'detached') {
    context.io.stderr.write(`detached: it goes on; come back with: switchback status ${rollout} --watch\n`);
    context.exitCode = exitCodes.detached;
    return;
  }
  if (outcome.type === 'refused') throw refusalOf(rollout, outcome);
  context.exitCode = exitCodeOf(outcome, result.reverts === undefined ? 'completed' : 'rolled-back');
  print(context, options, { ...result, outcome }, `${outcome.type}: ${outcome.reason}`);
}

/** Whoever starts a rollout that does not fit its environment hears of it at once. */
async function awaitPreflight(client: RolloutClient, rollout: string, { io }: Context): Promise<void> {
  const giveUpAt = performance.now() + patience;
  for (;;) {
    const { endedAt } = await client.describe(rollout);
    if (endedAt !== undefined) {
      const outcome = await client.wait(rollout);
      if (outcome.type === 'refused') throw refusalOf(rollout, outcome);
      return;
    }
    const report = await client.status(rollout).catch((error: unknown) => {
      if (error instanceof Unreachable && performance.now() < giveUpAt) return undefined;
      throw error;
    });
    if (!report) {
      await sleep(lookEvery);
      continue;
    }
    const { status, outcome, why } = report;
    if (outcome?.type === 'refused') throw refusalOf(rollout, outcome);
    if (status === 'queued') io.stderr.write(`it stands in line: it waits for ${why.waitingFor}\n`);
    if (status !== 'preflight') return tellWarnings(client, rollout, io);
    await sleep(lookEvery);
  }
}

/** That it was started stands whether or not they can be read. */
async function tellWarnings(client: RolloutClient, rollout: string, { stderr }: Io): Promise<void> {
  const journal = await client.journal(rollout).catch(() => []);
  for (const warning of preflightWarnings(journal)) stderr.write(`${warning}\n`);
}

function refusalOf(rollout: string, { reason }: Outcome): Refusal {
  return new Refusal(rollout, `was refused, ${reason}`, 'fix that and start it again');
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
