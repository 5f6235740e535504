import { timelineOf } from '../../client/timeline.js';
import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';

/** `switchback timeline`: what happened, for a post-mortem. */
export const registerTimeline: Register = (program, context) => {
  withServer(withOutput(program.command('timeline')))
    .description('print what happened to a rollout as Markdown, to paste into a post-mortem')
    .argument('<rollout>', rolloutArgument)
    .action((given: string, options: ServerOptions & OutputOptions) =>
      withClient(context, options, async (client) => {
        const rollout = await client.find(given);
        const events = await client.journal(rollout);
        const markdown = timelineOf(rollout, events);
        print(context, options, { rollout, from: events[0]?.number ?? 1, markdown }, markdown.trimEnd());
      }),
    );
};
