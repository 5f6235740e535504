import type { ListFilter, RolloutSummary } from '../../client/client.js';
import { apiOf } from '../../client/reach.js';
import {
  print,
  withClient,
  type Context,
  type OutputOptions,
  type Register,
  type ServerOptions,
} from '../context.js';
import { withOutput, withServer } from '../options.js';
import { table } from '../table.js';
import { moment } from '../words.js';

interface ListOptions extends ServerOptions, OutputOptions {
  readonly env?: string;
  readonly all?: true;
  readonly waitingFor?: string;
  readonly config?: string;
}

/** `switchback list`: the rollouts of a server. */
export const registerList: Register = (program, context) => {
  withServer(withOutput(program.command('list')))
    .description('list rollouts: those that run, or all')
    .option('--env <name>', 'those of one environment')
    .option('--all', 'also those that ended')
    .option('--waiting-for <name>', 'those that ask somebody now: me, a person, or a group')
    .option(
      '--config <file>',
      'who is in which group (default: the configuration of the local stack, or here)',
    )
    .action((options: ListOptions) =>
      withClient(context, options, async (client) => {
        const { env: environment, all = false } = options;
        const waitingFor = await wantedPerson(options, context);
        const filter = { all, ...(environment !== undefined && { environment }), ...waitingFor };
        const rollouts = await client.list(filter);
        print(context, options, { rollouts }, listText(rollouts, options));
      }),
    );
};

async function wantedPerson(
  { waitingFor, config, ...server }: ListOptions,
  { io }: Context,
): Promise<Pick<ListFilter, 'waitingFor'>> {
  if (waitingFor === undefined) return {};
  // An API knows who asks, and who is in which group.
  const known = apiOf({ ...server, env: io.env }) !== undefined;
  if (known) return { waitingFor: { name: waitingFor, groupsIn: () => [] } };
  const { askedPerson } = await import('../asked-people.js');
  return { waitingFor: await askedPerson(waitingFor, config, io) };
}

function listText(rollouts: readonly RolloutSummary[], { all, waitingFor }: ListOptions): string {
  if (rollouts.length === 0 && waitingFor !== undefined) return `no rollout waits for ${waitingFor}`;
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
