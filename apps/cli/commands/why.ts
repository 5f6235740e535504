import type { Outcome } from '../../../src/engine/index.js';
import { proofText } from '../../../src/engine/tell/proof-text.js';
import { withLive, type FailedAttempts, type Reported } from '../../client/client.js';
import { print, withClient, type OutputOptions, type Register, type ServerOptions } from '../context.js';
import { rolloutArgument, withOutput, withServer } from '../options.js';
import { verbsNow } from '../possible.js';
import { ago, attemptText, backgroundOf, exposureText, until } from '../words.js';

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
        const { why, paused, retreating, reverts } = report;
        const value = {
          rollout,
          ...why,
          ...(paused && { paused }),
          ...(retreating && { retreating }),
          ...(reverts && { reverts }),
          ...(report.outcome && { outcome: report.outcome }),
          ...(report.fromOutside && { fromOutside: report.fromOutside }),
          ...(attempts.length > 0 && { attempts }),
        };
        print(context, options, value, whyText(report, attempts, Date.now()));
      }),
    );
};

/** Milliseconds for which a reading is of now. */
const freshFor = 30_000;

type Row = readonly [label: string, text: string | undefined];

function whyText(report: Reported, attempts: readonly FailedAttempts[], now: number): string {
  const { rollout, why, outcome } = report;
  const rows: readonly Row[] = [
    ['rollout', rollout],
    ['status', report.fromOutside ?? why.status],
    ...(outcome ? overRows(outcome, exposureText(report, now), why.since, now) : waitRows(report, now)),
    // Also of what is over: its journal may not have left yet.
    ...attempts.map((one) => ['fails', attemptText(one, now)] as const),
  ];
  return rows
    .flatMap(([label, text]) => (text === undefined ? [] : [`${label.padEnd(10)} ${text}`]))
    .join('\n');
}

/** The sentinel reads every few seconds: whatever is older says how things were. */
function agedText(at: number, now: number): string {
  return now - at < freshFor ? '' : ` (read ${ago(at, now)})`;
}

function overRows({ reason }: Outcome, exposed: string, since: number, now: number): readonly Row[] {
  return [
    ['because', reason],
    ['exposed', exposed],
    ['since', ago(since, now)],
    ['waits for', 'nothing: it is over'],
  ];
}

function waitRows(report: Reported, now: number): readonly Row[] {
  const { why } = report;
  return [
    ...backgroundOf(report, now),
    ['step', why.step],
    ['exposed', exposureText(report, now)],
    ['waits for', why.waitingFor],
    ['since', ago(why.since, now)],
    ['until', why.clears],
    ['who may', why.who.length > 0 ? why.who.join(', ') : 'nobody is asked'],
    ['drills', why.drills && proofText(why.drills, now)],
    ['next', why.nextAt === undefined ? why.next : `${why.next}, ${until(why.nextAt, now)}`],
    ['possible', verbsNow(report).join(', ') || 'nothing but to wait'],
    ...why.evidence.flatMap(({ guard, verdict, reason, at, blindSpots = [] }): Row[] => [
      ['guard', `${guard}: ${verdict}, ${reason}${agedText(at, now)}`],
      ...blindSpots.map((text): Row => ['beware', `${guard}: ${text}`]),
    ]),
  ];
}
