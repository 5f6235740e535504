import { withLive } from '../../apps/client/client.js';
import type { Way } from './over-http.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import { answerYes, askHere, Detached } from './answers.js';
import { answerInSlack } from './in-slack.js';
import type { DemoOptions } from './options.js';
import { scenarios } from './scenarios.js';
import { openScreen, type Screen } from './screen.js';
import type { Supervisor } from './supervisor.js';

const every = 250;
/** Far enough into a watch for its guards to have seen something. */
const midWatch = 4_000;

/** What is followed. */
export interface Following {
  readonly options: DemoOptions;
  readonly supervisor: Supervisor;
  readonly client: Way;
  readonly plan: Plan;
  readonly rollout: string;
}

/** Shows the rollout, answers what it asks, and does what the scenario does to it, until it is over. */
export async function follow({
  options,
  supervisor,
  client,
  plan,
  rollout,
}: Following): Promise<StatusReport> {
  const scenario = scenarios[options.scenario];
  const screen = openScreen(options.json ? process.stderr : process.stdout);
  const asked = screen.interactive ? askHere(client, plan) : undefined;
  const inSlack = supervisor.door?.slack && answerInSlack(client, supervisor.door);
  const answerer = inSlack ?? (options.yes ? answerYes(client) : asked);
  let left = false;
  const leave = () => (left = true);
  process.once('SIGINT', leave);
  let metricsLost = false;
  try {
    for (;;) {
      const status = await client.status(rollout);
      await show(screen, client, plan, withLive(status, await client.readings(rollout)));
      if (status.outcome) return status;
      if (left) throw new Detached();
      const { watch } = status;
      if (
        !metricsLost &&
        watch &&
        watch.step === scenario.losesMetricsIn &&
        Date.now() > watch.since + midWatch
      ) {
        metricsLost = true;
        await supervisor.relay('shop', { type: 'metrics', state: 'off' }, 'metrics');
      }
      if (answerer && (status.gate || status.hold?.asked))
        await screen.aside(() => whileAsked(client, status, (moot) => answerer.answer(status, moot)));
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  } finally {
    process.off('SIGINT', leave);
    screen.close();
  }
}

/** Asks as long as the question stands: a breach or another person's answer makes it moot. */
async function whileAsked(
  client: Way,
  asked: StatusReport,
  ask: (moot: AbortSignal) => Promise<boolean>,
): Promise<boolean> {
  const moot = new AbortController();
  const look = setInterval(() => {
    client.status(asked.rollout).then(
      (now) => questionOf(now) !== questionOf(asked) && moot.abort(),
      () => undefined,
    );
  }, 2 * every);
  try {
    return await ask(moot.signal);
  } finally {
    clearInterval(look);
  }
}

function questionOf({ gate, hold }: StatusReport): string {
  if (hold) return `hold ${hold.since} ${hold.asked}`;
  return `${gate?.step} ${gate?.epoch} ${gate?.approvals.length}`;
}

async function show(screen: Screen, client: Way, plan: Plan, status: StatusReport): Promise<void> {
  screen.show(plan, status, await client.journal(status.rollout));
}
