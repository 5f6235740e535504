import type { Why } from '../../../engine/why.js';
import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';
import { ago, until } from '../words.js';

/** `switchback why`: what a rollout waits for. */
export const registerWhy: Register = (program, context) => {
  withServer(withOutput(program.command('why')))
    .description('say what a rollout waits for, since when, what clears it, who may, and what comes next')
    .argument('<rollout>', rolloutArgument)
    .action((given: string, options: ServerOptions & OutputOptions) =>
      withClient(context, options, async (client) => {
        const rollout = await client.find(given);
        const why = await client.why(rollout);
        print(context, options, { rollout, ...why }, whyText(rollout, why, Date.now()));
      }),
    );
};

function whyText(rollout: string, why: Why, now: number): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['rollout', rollout],
    ['status', why.status],
    ['step', why.step],
    ['waits for', why.waitingFor],
    ['since', ago(why.since, now)],
    ['until', why.clears],
    ['who may', why.who.length > 0 ? why.who.join(', ') : 'nobody is asked'],
    ['next', why.nextAt === undefined ? why.next : `${why.next}, ${until(why.nextAt, now)}`],
    ...why.evidence.map(
      (reading) => [`guard`, `${reading.guard}: ${reading.verdict}, ${reading.reason}`] as const,
    ),
  ];
  return rows
    .flatMap(([label, text]) => (text === undefined ? [] : [`${label.padEnd(10)} ${text}`]))
    .join('\n');
}
