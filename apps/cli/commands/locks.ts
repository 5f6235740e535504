import { called } from '../../../src/engine/state/called.js';
import type { LocksReport } from '../../client/client.js';
import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { withEnvironment, withOutput, withServer } from '../options.js';
import { ago, moment } from '../words.js';
import { registerTakeOver } from './locks-take-over.js';

interface LocksOptions extends ServerOptions, OutputOptions {
  readonly env?: string;
}

/** `switchback locks`: who holds which targets of an environment, and who waits. */
export const registerLocks: Register = (program, context) => {
  const locks = withEnvironment(withServer(withOutput(program.command('locks'))))
    .description(
      'show who holds which targets of an environment, who waits in which order, and whether it is stopped',
    )
    .usage('[options]\n       switchback locks take-over [options] <rollout>')
    .action((options: LocksOptions) =>
      withClient(context, options, async (client) => {
        const report = await client.locks.read(await client.environment(options.env));
        print(context, options, report, locksText(report, Date.now()));
      }),
    );
  registerTakeOver(locks, context);
};

function locksText({ environment, stopped, holders, waiting }: LocksReport, now: number): string {
  return [
    ...(stopped
      ? [`${environment} is stopped since ${moment(stopped.at)} by ${stopped.by}: ${stopped.reason}`, '']
      : []),
    ...(holders.length === 0 ? [`nobody holds a target of ${environment}`] : ['HELD']),
    ...holders.flatMap(({ rollout, owner, scope, since, orphaned }) => [
      `  ${rollout} (${owner}), since ${ago(since, now)}`,
      `    ${scope.join(', ')}`,
      ...(orphaned === undefined
        ? []
        : [`    orphaned: ${orphaned}; free it: switchback locks take-over ${rollout}`]),
    ]),
    ...(waiting.length === 0 ? [] : ['IN LINE']),
    ...waiting.flatMap(({ rollout, owner, since, behind }, index) => [
      `  ${index + 1}. ${rollout} (${owner}), since ${ago(since, now)}`,
      ...behind.map(
        (one) =>
          `    behind ${one.rollout} (${one.owner}) for ${called(one.target, one.as)}${one.orphaned ? ', which is orphaned' : ''}`,
      ),
    ]),
  ].join('\n');
}
