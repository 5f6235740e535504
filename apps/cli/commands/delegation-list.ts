import type { Command } from 'commander';
import { defaultConfigFile } from '../../config/default-file.js';
import { print, type Context, type OutputOptions } from '../context.js';
import { withOutput } from '../options.js';
import { withRecordsOf } from '../records-of.js';
import { table } from '../table.js';
import { moment } from '../words.js';

interface ListOptions extends OutputOptions {
  readonly env: string;
  readonly config: string;
}

/** One of them. Times in Unix ms. */
interface Listed {
  readonly from: string;
  readonly to: string;
  readonly gates: readonly string[];
  readonly since: number;
  readonly until: number;
  readonly reason: string;
  /** The decision that made it; the configuration did when absent. */
  readonly decision?: string;
}

/** `switchback delegation list`: those that stand, whoever made them. */
export function registerDelegationList(delegation: Command, context: Context): void {
  withOutput(delegation.command('list'))
    .description('print who answers for whom: what the configuration says, and what was made through a door')
    .requiredOption('--env <name>', 'the environment')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .action((options: ListOptions) => list(options, context));
}

async function list(options: ListOptions, context: Context): Promise<void> {
  const { env, config } = options;
  const { environmentOf, readConfiguration } = await import('../../config/config.js');
  const { doorsOf } = await import('../../config/identity/doors.js');
  const { delegationsIn } = await import('../../../activities/identity/delegations.js');
  const environment = environmentOf(await readConfiguration(config), env);
  const decisions = await withRecordsOf(env, environment, context.io, (records) =>
    records.delegations.decisions(env),
  );
  const made = await delegationsIn(decisions, env, doorsOf(environment));
  const now = Date.now();
  const delegations: Listed[] = [
    ...(environment.delegations ?? []),
    ...made.map(({ id: decision, ...one }) => ({ ...one, decision })),
  ].filter(({ until }) => until > now);
  print(context, options, { environment: env, delegations }, textOf(delegations));
}

function textOf(delegations: readonly Listed[]): string {
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
