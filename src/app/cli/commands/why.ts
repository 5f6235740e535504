import type { Outcome } from '../../../engine/index.js';
import { withLive, type FailedAttempts, type Reported } from '../../client.js';
import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';
import { verbsNow } from '../possible.js';
import { ago, attemptText, backgroundOf, until } from '../words.js';

/** `switchback why`: what a rollout waits for. */
export const registerWhy: Register = (program, context) => {
  withServer(withOutput(program.command('why')))
    .description('say what a rollout waits for, since when, what clears it, who may, and what comes next')
    .argument('<rollout>', rolloutArgument)
    .action((given: string, options: ServerOptions & OutputOptions) =>
      withClient(context, options, async (client) => {
        const rollout = await client.find(given);
        const [reported, live, attempts] = await Promise.all([
          client.status(rollout),
          client.readings(rollout),
          client.attempts(rollout),
        ]);
        const report = withLive(reported, live);
        const { why, paused, retreating, takesBack } = report;
        const value = {
          rollout,
          ...why,
          ...(paused && { paused }),
          ...(retreating && { retreating }),
          ...(takesBack && { takesBack }),
          ...(report.outcome && { outcome: report.outcome }),
          ...(report.fromOutside && { fromOutside: report.fromOutside }),
          ...(attempts.length > 0 && { attempts }),
        };
        print(context, options, value, whyText(report, attempts, Date.now()));
      }),
    );
};

type Row = readonly [label: string, text: string | undefined];

function whyText(report: Reported, attempts: readonly FailedAttempts[], now: number): string {
  const { rollout, why, outcome } = report;
  const rows: readonly Row[] = [
    ['rollout', rollout],
    ['status', report.fromOutside ?? why.status],
    ...(outcome ? overRows(outcome, why.since, now) : waitRows(report, now)),
    // Also of what is over: its journal may not have left yet.
    ...attempts.map((one) => ['fails', attemptText(one, now)] as const),
  ];
  return rows
    .flatMap(([label, text]) => (text === undefined ? [] : [`${label.padEnd(10)} ${text}`]))
    .join('\n');
}

function overRows({ reason }: Outcome, since: number, now: number): readonly Row[] {
  return [
    ['because', reason],
    ['since', ago(since, now)],
    ['waits for', 'nothing: it is over'],
  ];
}

function waitRows(report: Reported, now: number): readonly Row[] {
  const { why } = report;
  return [
    ...backgroundOf(report, now),
    ['step', why.step],
    ['waits for', why.waitingFor],
    ['since', ago(why.since, now)],
    ['until', why.clears],
    ['who may', why.who.length > 0 ? why.who.join(', ') : 'nobody is asked'],
    ['next', why.nextAt === undefined ? why.next : `${why.next}, ${until(why.nextAt, now)}`],
    ['possible', verbsNow(report).join(', ') || 'nothing but to wait'],
    ...why.evidence.map(
      (reading) => [`guard`, `${reading.guard}: ${reading.verdict}, ${reading.reason}`] as const,
    ),
  ];
}
