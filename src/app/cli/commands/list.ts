import type { RolloutSummary } from '../../client.js';
import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { withOutput, withServer } from '../options.js';
import { table } from '../table.js';
import { moment } from '../words.js';

interface ListOptions extends ServerOptions, OutputOptions {
  readonly env?: string;
  readonly all?: true;
}

/** `switchback list`: the rollouts of a server. */
export const registerList: Register = (program, context) => {
  withServer(withOutput(program.command('list')))
    .description('list rollouts: those that run, or all')
    .option('--env <name>', 'those of one environment')
    .option('--all', 'also those that ended')
    .action((options: ListOptions) =>
      withClient(context, options, async (client) => {
        const { env: environment, all = false } = options;
        const rollouts = await client.list({ all, ...(environment !== undefined && { environment }) });
        print(context, options, { rollouts }, listText(rollouts, all));
      }),
    );
};

function listText(rollouts: readonly RolloutSummary[], all: boolean): string {
  if (rollouts.length === 0)
    return all ? 'no rollouts' : 'no rollout runs; those that ended: switchback list --all';
  return table(
    ['ROLLOUT', 'STATUS', 'PHASE', 'WAITS FOR', 'STARTED'],
    rollouts.map(({ rollout, status, phase, waitingFor, startedAt, endedAt }) => [
      rollout,
      status,
      phase,
      endedAt === undefined ? waitingFor : 'nobody',
      moment(startedAt),
    ]),
  );
}
