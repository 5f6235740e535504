import type { Command } from 'commander';
import type { JournalEntry } from '../../../src/engine/state/journal.js';
import { Refusal } from '../../client/client.js';
import { defaultConfigFile } from '../../config/default-file.js';
import { print, type Context, type OutputOptions } from '../context.js';
import { withOutput } from '../options.js';
import { withRecordsOf } from '../records-of.js';

interface RevokeOptions extends OutputOptions {
  readonly env: string;
  readonly config: string;
}

/** What a key has signed, as a journal says it. */
interface SignedDecision {
  readonly journal: string;
  readonly number: number;
  /** Unix ms. */
  readonly at: number;
  readonly by: string;
  readonly decision: string;
}

/** `switchback door-key revoke`: what a key has signed, and how it stops counting. Changes nothing by itself. */
export function registerDoorKeyRevoke(keys: Command, context: Context): void {
  withOutput(keys.command('revoke'))
    .description(
      'name what a key has signed, and print the entry with which it counts no more; changes nothing',
    )
    .argument('<kid>', 'the name of the key')
    .requiredOption('--env <name>', 'the environment')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .action((kid: string, options: RevokeOptions) => revoke(kid, options, context));
}

async function revoke(kid: string, options: RevokeOptions, context: Context): Promise<void> {
  const { env, config } = options;
  const { environmentOf, readConfiguration } = await import('../../config/config.js');
  const { doorsOf } = await import('../../config/identity/doors.js');
  const environment = environmentOf(await readConfiguration(config), env);
  const found = Object.entries(doorsOf(environment)).flatMap(([door, { keys }]) =>
    keys.flatMap((key) => (key.kid === kid ? [{ door, x: key.x }] : [])),
  )[0];
  if (!found) {
    const fix = 'see identity.doors of the configuration for those there are';
    throw new Refusal(`key ${kid}`, `is of no door of ${env}`, fix);
  }
  const decisions = await withRecordsOf(env, environment, context.io, ({ journal }) =>
    signedWith(kid, journal.signed()),
  );
  const entry = { kid, x: found.x, revoked: new Date().toISOString() };
  const { door } = found;
  print(context, options, { door, kid, entry, decisions }, textOf(door, entry, decisions));
}

async function signedWith(
  kid: string,
  all: AsyncIterable<Pick<JournalEntry, 'rollout' | 'event'>>,
): Promise<SignedDecision[]> {
  const { kidOf } = await import('../../../activities/identity/verify.js');
  const found: SignedDecision[] = [];
  for await (const { rollout: journal, event } of all) {
    if (event.signed === undefined || kidOf(event.signed) !== kid) continue;
    const { number, at, by = 'nobody', type, evidence } = event;
    const named = evidence?.['decision'];
    found.push({ journal, number, at, by, decision: typeof named === 'string' ? named : type });
  }
  return found.sort((a, b) => a.at - b.at);
}

function textOf(door: string, entry: { readonly kid: string }, decisions: readonly SignedDecision[]): string {
  const lines = decisions.map(
    ({ journal, number, at, by, decision }) =>
      `  ${new Date(at).toISOString()}  ${decision} by ${by}: ${journal}, entry ${number}`,
  );
  return [
    `${entry.kid} of door ${door} has signed ${decisions.length} decisions and starts:`,
    ...lines,
    '',
    `Put this in the place of its entry in identity.doors.${door}.keys, for doors and workers. It counts no more within`,
    'a minute; keep the entry, by which the journal is verified. Look at each of the above: did they decide that?',
    '',
    JSON.stringify(entry),
  ].join('\n');
}
