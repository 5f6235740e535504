import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JournalVerification } from '../../../activities/records/journal/journal.js';
import { Refusal, Unreachable, type RolloutClient } from '../../client/client.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { environmentIn, partsOf } from '../../client/rollout-id.js';
import {
  print,
  withClient,
  type Context,
  type OutputOptions,
  type Register,
  type ServerOptions,
} from '../context.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';
import { checkSignatures, type Signatures } from '../signatures.js';

interface VerifyOptions extends ServerOptions, OutputOptions {
  readonly config?: string;
  readonly file?: string;
}

/** `switchback journal verify`: whether the exported journal is whole, and says what history says. */
export const registerJournalVerify: Register = (journal, context) => {
  withServer(withOutput(journal.command('verify')))
    .description(
      'check the exported journal: its chain, and against the history when the server can be reached',
    )
    .argument(
      '[rollout]',
      `${rolloutArgument}; without a server: the whole id; locks/<environment>, sentinel/<environment>, slack/<environment>/<yyyy-mm>`,
    )
    .option('--config <file>', "the configuration (default: the local stack's, else switchback.config.json)")
    .option('--file <file>', 'a file that "journal export" wrote: nothing else is asked')
    // `journal` has the same options: those given after `verify` are found by either.
    .action(
      async (
        given: string | undefined,
        own: VerifyOptions,
        command: { optsWithGlobals(): VerifyOptions },
      ) => {
        const options = { ...own, ...command.optsWithGlobals() };
        if (options.file !== undefined) return verifyFile(options.file, options, context);
        if (given !== undefined) return verify(given, options, context);
        throw new Refusal('journal verify', 'has nothing to check', 'name a rollout, or a file with --file');
      },
    );
};

async function verify(given: string, options: VerifyOptions, context: Context): Promise<void> {
  const ofEnvironment = environmentIn(given) !== undefined;
  // They go on in new runs for ever, and their history has no journal to compare with.
  const look = async (): Promise<LookedUp> =>
    ofEnvironment ? { rollout: given } : lookUp(given, options, context);
  const { rollout, history } = await look();
  const { compareWithHistory } = await import('../../../activities/records/journal/compare.js');
  const { withRecords } = await import('../records-of.js');
  const { verdict, exported } = await withRecords(rollout, options, context.io, async ({ journal }) => ({
    verdict: await journal.verify(rollout),
    exported: await journal.read(rollout),
  }));
  const { entries, head } = requireWhole(rollout, verdict);
  let compared = history && compareWithHistory(exported, history);
  // What was exported after the history had been read stands in a newer one.
  const newer = compared?.equal === false ? (await look()).history : undefined;
  if (newer) compared = compareWithHistory(exported, newer);
  if (compared?.equal === false) {
    throw new Refusal(`journal of ${rollout}`, `differs from the history at event ${compared.at}`, restoreIt);
  }
  const signed = await checkSignatures(rollout, exported, options, context.io, true);
  const missing = compared?.notYetExported;
  const against = compared
    ? `equal to the history${missing ? `, ${missing} events not yet exported` : ''}`
    : `not compared with the history: ${ofEnvironment ? 'that of locks and sentinels keeps no journal' : 'the server was not reached'}`;
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
      ...signaturesOf(signed),
    },
    `${rollout}: ${entries} entries, whole; ${against}${signed.text}`,
  );
}

const restoreIt = 'compare it with "switchback journal", and put it back from a backup';

function requireWhole(rollout: string, verdict: JournalVerification) {
  if (verdict.ok) return verdict;
  const { number, reason } = verdict.fault;
  throw new Refusal(`journal of ${rollout}`, `is not whole at entry ${number}: ${reason}`, restoreIt);
}

function signaturesOf({ signatures }: Signatures): object {
  return signatures === undefined ? {} : { signatures };
}

/** Of a file alone: neither records nor a server are asked; of signatures the configuration, where there is one. */
async function verifyFile(file: string, options: VerifyOptions, context: Context): Promise<void> {
  const { verifyLines } = await import('../../../activities/records/journal/line.js');
  const text = await readFile(resolve(context.io.cwd, file), 'utf8').catch((error: Error) => {
    throw new Refusal(file, error.message, 'name a file that "switchback journal export" wrote');
  });
  const { rollout, verification, read } = verifyLines(file, text);
  const { entries, head } = requireWhole(rollout, verification);
  const signed = await checkSignatures(rollout, read, options, context.io, false);
  const said = { rollout, verified: true, entries, head, compared: false, ...signaturesOf(signed) };
  print(context, options, said, `${rollout}: ${entries} entries, whole; its head is ${head}${signed.text}`);
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
