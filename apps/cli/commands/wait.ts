import { Option } from 'commander';
import { formatDuration } from '../../../src/engine/base/duration.js';
import type { Reported } from '../../client/client.js';
import { awaitRollout, type Ended } from '../await-rollout.js';
import { awaitedText, readAwaited, type Awaited } from '../awaited.js';
import {
  print,
  withClient,
  type Context,
  type OutputOptions,
  type Register,
  type ServerOptions,
} from '../context.js';
import { durationOption } from '../duration-option.js';
import { exitCodeOf, exitCodes, type ExitCode } from '../exit-codes.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';

interface WaitOptions extends ServerOptions, OutputOptions {
  readonly for: Awaited;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** `switchback wait`: until a rollout has come to a status, asks at a gate, or is over. */
export const registerWait: Register = (program, context) => {
  const what = new Option(
    '--for <what>',
    'status=STATUS[,STATUS], gate (one is open), or outcome (it is over)',
  );
  withServer(withOutput(program.command('wait')))
    .description(
      'wait until a rollout has a status, asks at a gate, or is over; 6 when the time is up before',
    )
    .argument('<rollout>', rolloutArgument)
    .addOption(what.argParser(readAwaited).makeOptionMandatory())
    .addOption(durationOption('--timeout <duration>', 'how long at most, such as 30m (default: for ever)'))
    .action((given: string, options: WaitOptions) =>
      withClient(context, options, async (client) => {
        const rollout = await client.find(given);
        const { for: awaited, timeout } = options;
        const waited = await awaitRollout(client, { rollout, awaited, timeout }, context.io);
        if (waited.how !== 'detached') return tell(rollout, waited, options, context);
        context.io.stderr.write(`detached: ${rollout} goes on\n`);
        context.exitCode = exitCodes.detached;
      }),
    );
};

function tell(rollout: string, waited: Ended, options: WaitOptions, context: Context): void {
  const { how, report } = waited;
  context.exitCode = codeOf(options.for, waited);
  const { status, gate, outcome } = report ?? {};
  const value = {
    rollout,
    for: awaitedText(options.for),
    met: how === 'come',
    ...(status && { status: outcome?.type ?? status }),
    ...(gate && { gate }),
    ...(outcome && { outcome }),
  };
  print(context, options, value, `${rollout}: ${textOf(waited, options)}`);
}

function codeOf(awaited: Awaited, { how, report }: Ended): ExitCode {
  switch (how) {
    case 'come':
      return awaited.type === 'outcome' && report?.outcome
        ? exitCodeOf(report.outcome, report.reverts ? 'rolled-back' : 'completed')
        : exitCodes.done;
    case 'over':
      return exitCodes.notCompleted;
    case 'time-up':
      return exitCodes.timeUp;
  }
}

function textOf({ how, report }: Ended, { for: awaited, timeout = 0 }: WaitOptions): string {
  const now = report ? standsNow(report) : 'nobody has said yet where it stands';
  switch (how) {
    case 'come':
      return now;
    case 'over':
      return `${awaitedText(awaited)} does not come any more: ${now}`;
    case 'time-up':
      return `${awaitedText(awaited)} has not come within ${formatDuration(timeout)}: ${now}`;
  }
}

function standsNow({ status, outcome, why }: Reported): string {
  return outcome ? `${outcome.type}: ${outcome.reason}` : `it is ${status} and waits for ${why.waitingFor}`;
}
