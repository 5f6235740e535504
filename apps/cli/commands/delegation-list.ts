import type { Command } from 'commander';
import { defaultConfigFile } from '../../config/default-file.js';
import type { DelegationList } from '../../client/http/delegations.js';
import { apiOf } from '../../client/reach.js';
import { print, type Context, type OutputOptions } from '../context.js';
import { withApi, withOutput } from '../options.js';
import { withRecordsOf } from '../records-of.js';
import { table } from '../table.js';
import { UsageError } from '../usage-error.js';
import { moment } from '../words.js';

interface ListOptions extends OutputOptions {
  readonly env?: string;
  readonly server?: string;
  readonly config: string;
}

/** `switchback delegation list`: those that stand, whoever made them. */
export function registerDelegationList(delegation: Command, context: Context): void {
  withApi(withOutput(delegation.command('list')))
    .description('print who answers for whom: what the configuration says, and what was made through a door')
    .option('--env <name>', 'the environment; an API is for one, and knows which')
    .option('--config <file>', 'the configuration, without an API', defaultConfigFile)
    .action((options: ListOptions) => list(options, context));
}

async function list(options: ListOptions, context: Context): Promise<void> {
  const { env } = context.io;
  const server = apiOf({ ...options, env });
  const { delegationsOver } = await import('../../client/http/delegations.js');
  const found =
    server === undefined
      ? await recorded(options, context)
      : await delegationsOver({ server, env }, options.env);
  print(context, options, found, textOf(found.delegations));
}

/** What configuration and records say themselves: no server has to run. */
async function recorded({ env: name, config }: ListOptions, { io }: Context): Promise<DelegationList> {
  if (name === undefined) throw new UsageError('name the environment with --env, or its API with --server');
  const { environmentOf, readConfiguration } = await import('../../config/config.js');
  const { standingDelegations } = await import('../../config/identity/standing-delegations.js');
  const environment = environmentOf(await readConfiguration(config), name);
  const decisions = await withRecordsOf(name, environment, io, (records) =>
    records.delegations.decisions(name),
  );
  const delegations = await standingDelegations(name, environment, decisions, Date.now());
  return { environment: name, delegations };
}

function textOf(delegations: DelegationList['delegations']): string {
  if (delegations.length === 0) return 'nobody answers for anybody else';
  const rows = delegations.map(({ from, to, gates, since, until, reason, decision = 'configuration' }) => [
    from,
    to,
    gates.join(', '),
    moment(since),
    moment(until),
    reason,
    decision,
  ]);
  return table(['FROM', 'TO', 'GATES', 'SINCE', 'UNTIL', 'REASON', 'MADE BY'], rows);
}
