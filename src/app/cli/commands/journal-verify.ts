import { Refusal, Unreachable, type RolloutClient } from '../../client.js';
import type { JournalEvent } from '../../../engine/journal.js';
import { environmentOfLocks, partsOf } from '../../client/rollout-id.js';
import {
  print,
  withClient,
  type Context,
  type OutputOptions,
  type Register,
  type ServerOptions,
} from '../context.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';

interface VerifyOptions extends ServerOptions, OutputOptions {
  readonly config?: string;
}

/** `switchback journal verify`: whether the exported journal is whole, and says what history says. */
export const registerJournalVerify: Register = (journal, context) => {
  withServer(withOutput(journal.command('verify')))
    .description(
      'check the exported journal: its chain, and against the history when the server can be reached',
    )
    .argument('<rollout>', `${rolloutArgument}; without a server: the whole id; or locks/<environment>`)
    .option('--config <file>', "the configuration (default: the local stack's, else switchback.config.json)")
    // `journal` has the same options: those given after `verify` are found by either.
    .action(async (given: string, _own: VerifyOptions, command: { optsWithGlobals(): VerifyOptions }) =>
      verify(given, { ..._own, ...command.optsWithGlobals() }, context),
    );
};

async function verify(given: string, options: VerifyOptions, context: Context): Promise<void> {
  const ofLocks = environmentOfLocks(given) !== undefined;
  // The locks go on in new runs for ever, and their history has no journal to compare with.
  const look = async (): Promise<LookedUp> =>
    ofLocks ? { rollout: given } : lookUp(given, options, context);
  const { rollout, history } = await look();
  const { createJournal } = await import('../../../../activities/journal/journal.js');
  const { compareWithHistory } = await import('../../../../activities/journal/compare.js');
  const { recordsOf } = await import('../records-of.js');
  const journal = createJournal(await recordsOf(rollout, options.config, context.io));
  const verdict = await journal.verify(rollout);
  const mend = 'compare it with "switchback journal" and restore the file from a backup';
  if (!verdict.ok) {
    const { number, reason } = verdict.fault;
    throw new Refusal(`journal of ${rollout}`, `is not whole at entry ${number}: ${reason}`, mend);
  }
  const exported = await journal.read(rollout);
  let compared = history && compareWithHistory(exported, history);
  // What was exported after the history had been read stands in a newer one.
  const newer = compared?.equal === false ? (await look()).history : undefined;
  if (newer) compared = compareWithHistory(exported, newer);
  if (compared?.equal === false) {
    throw new Refusal(`journal of ${rollout}`, `differs from the history at event ${compared.at}`, mend);
  }
  const { entries, head } = verdict;
  const missing = compared?.notYetExported;
  const against = compared
    ? `equal to the history${missing ? `, ${missing} events not yet exported` : ''}`
    : `not compared with the history: ${ofLocks ? 'that of locks keeps no journal' : 'the server was not reached'}`;
  print(
    context,
    options,
    {
      rollout,
      verified: true,
      entries,
      head,
      compared: compared !== undefined,
      ...(compared && { notYetExported: missing }),
    },
    `${rollout}: ${entries} entries, whole; ${against}`,
  );
}

interface LookedUp {
  readonly rollout: string;
  readonly history?: readonly JournalEvent[];
}

async function lookUp(given: string, options: VerifyOptions, context: Context): Promise<LookedUp> {
  try {
    return await withClient(context, options, async (client: RolloutClient) => {
      const rollout = partsOf(given) ? given : await client.find(given);
      return { rollout, history: await client.journal(rollout) };
    });
  } catch (error) {
    // A whole id is enough for the file, also of a rollout the server has forgotten or does not tell about.
    const passes = error instanceof Unreachable || error instanceof Refusal;
    if (!passes || !partsOf(given)) throw error;
    context.io.stderr.write(`not compared with the history: ${error.message}\n`);
    return { rollout: given };
  }
}
