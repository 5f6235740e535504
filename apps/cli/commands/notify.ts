import type { NoticeEvent } from '../../../activities/notify/event.js';
import type { NoticeStore } from '../../../activities/notify/store.js';
import { defaultConfigFile } from '../../config/default-file.js';
import { print, type Context, type OutputOptions, type Register } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { withOutput } from '../options.js';
import { inWords, serve } from '../records-of.js';
import { table } from '../table.js';

interface NotifyOptions extends OutputOptions {
  readonly env: string;
  readonly config: string;
}

/** `switchback notify`: the channels by which people are told. */
export const registerNotify: Register = (program, context) => {
  const notify = program.command('notify').description('the channels by which people are told');
  const command = (name: string, description: string) =>
    withOutput(notify.command(name))
      .description(description)
      .requiredOption('--env <name>', 'the environment')
      .option('--config <file>', 'the configuration', defaultConfigFile);
  command('test', 'send one notice of each kind by each channel, and say which arrived').action(
    (options: NotifyOptions) => test(options, context),
  );
  command('failed', 'list what a channel did not take').action((options: NotifyOptions) =>
    failed(options, context),
  );
  command('resend', 'send again what a channel did not take')
    .argument('[id]', 'one notice; all of them when absent')
    .action((id: string | undefined, options: NotifyOptions) => resend(id, options, context));
};

const noticeTypes: readonly NoticeEvent['type'][] = ['question', 'incident', 'news'];

async function test(options: NotifyOptions, context: Context): Promise<void> {
  const { environmentOf, readConfiguration } = await import('../../config/config.js');
  const environment = environmentOf(await readConfiguration(options.config), options.env);
  const [{ channelsOf }, { samplesFor }, { slackToTry }, { randomUUID }] = await Promise.all([
    import('../../worker/notifier.js'),
    import('../../../activities/notify/samples.js'),
    import('../../slack/try-out.js'),
    import('node:crypto'),
  ]);
  const samples = samplesFor(options.env, new Date().toISOString(), () => randomUUID());
  const { signal } = new AbortController();
  const sent: { channel: string; type: string; arrived: boolean; fault?: string }[] = [];
  const tried = [
    ...Object.entries(channelsOf(environment)).map(([name, by]) => ({ name, by, types: noticeTypes })),
    ...slackToTry(environment),
  ];
  for (const { name: channel, by, types } of tried) {
    for (const event of samples.filter(({ type }) => types.includes(type))) {
      const fault = await by.deliver(event, signal).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      sent.push({
        channel,
        type: event.type,
        arrived: fault === undefined,
        ...(fault !== undefined && { fault }),
      });
    }
  }
  if (sent.some(({ arrived }) => !arrived)) context.exitCode = exitCodes.notCompleted;
  const rows = sent.map(({ channel, type, fault }) => [channel, type, fault ?? 'arrived']);
  const text =
    rows.length > 0 ? table(['channel', 'notice', 'what became of it'], rows) : 'it has no channels';
  print(context, options, { environment: options.env, sent }, text);
}

async function failed(options: NotifyOptions, context: Context): Promise<void> {
  const dead = await withNotices(options, context, (store) => store.dead());
  const rows = dead.map(({ id, channel, at, rollout, fault }) => [id, channel, at, rollout, fault]);
  const text = rows.length > 0 ? table(['id', 'channel', 'at', 'rollout', 'because'], rows) : 'nothing';
  print(context, options, { environment: options.env, failed: dead }, text);
}

async function resend(id: string | undefined, options: NotifyOptions, context: Context): Promise<void> {
  const count = await withNotices(options, context, (store) => store.sendAgain(id));
  const text = `${count} will be sent again by the environment's workers`;
  print(context, options, { environment: options.env, resent: count }, text);
}

async function withNotices<T>(
  { env, config }: NotifyOptions,
  { io }: Context,
  work: (store: NoticeStore) => Promise<T>,
): Promise<T> {
  const { environmentOf, readConfiguration } = await import('../../config/config.js');
  const environment = environmentOf(await readConfiguration(config), env);
  const served = await serve(env, environment, io);
  const { openRecords } = await import('../../../activities/records/records.js');
  const records = openRecords(served.url);
  try {
    return await work(records.notices);
  } catch (error) {
    throw await inWords(error, env, served.url);
  } finally {
    await records.close();
    await served.release();
  }
}
