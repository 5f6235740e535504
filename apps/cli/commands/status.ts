import { withLive, type RolloutClient } from '../../client/client.js';
import type { Reported } from '../../client/client.js';
import {
  print,
  withClient,
  type Context,
  type OutputOptions,
  type Register,
  type ServerOptions,
} from '../context.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';
import { commandsNow } from '../possible.js';
import { treeLines } from '../tree.js';

type StatusOptions = ServerOptions & OutputOptions & { readonly watch?: true };

/** `switchback status`: a rollout as a tree, once or live. */
export const registerStatus: Register = (program, context) => {
  withServer(withOutput(program.command('status')))
    .description('show a rollout: steps, exposure, guards and what it waits for')
    .argument('<rollout>', rolloutArgument)
    .option('-w, --watch', 'until it ends; Ctrl-C detaches')
    .action((given: string, options: StatusOptions) =>
      withClient(context, options, async (client) => {
        const rollout = await client.find(given);
        if (options.watch) await watch(client, rollout, options, context);
        else await show(client, rollout, options, context);
      }),
    );
};

async function show(
  client: RolloutClient,
  rollout: string,
  options: StatusOptions,
  context: Context,
): Promise<void> {
  const [reported, live, attempts, plan] = await Promise.all([
    client.status(rollout),
    client.readings(rollout),
    client.attempts(rollout),
    client.plan(rollout),
  ]);
  const report = withLive(reported, live);
  const { io, paint } = context;
  const drawing = { paint, width: io.stdout.columns ?? 100, now: Date.now(), frame: 0 };
  const lines = treeLines({ report, plan, attempts }, drawing);
  const value = { ...report, ...(attempts.length > 0 && { attempts }) };
  print(context, options, value, [...lines, ...possibleLines(report)].join('\n'));
}

/** The commands that make sense now, for somebody who may give them. */
function possibleLines(report: Reported): string[] {
  const commands = commandsNow(report);
  return commands.length === 0 ? [] : ['', ' possible now', ...commands.map((command) => `   ${command}`)];
}

async function watch(
  client: RolloutClient,
  rollout: string,
  options: StatusOptions,
  context: Context,
): Promise<void> {
  const { io } = context;
  const { follow } = await import('../follow.js');
  const on = options.output === 'text' && io.stdout.isTTY ? io.stdout : io.stderr;
  const outcome = await follow(client, rollout, { io, on });
  if (outcome === 'detached') {
    io.stderr.write(`detached: it goes on; come back with: switchback status ${rollout} --watch\n`);
    context.exitCode = exitCodes.detached;
    return;
  }
  const shown = on === io.stdout;
  // What was shown needs nobody who answers any more.
  const report = await client.status(rollout).catch((error: unknown) => {
    if (shown) return undefined;
    throw error;
  });
  context.exitCode = exitCodeOf(outcome, report?.reverts ? 'rolled-back' : 'completed');
  if (shown || !report) return;
  print(context, options, report, `${outcome.type}: ${outcome.reason}`);
}
