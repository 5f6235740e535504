import { randomUUID } from 'node:crypto';
import { connect } from '../apps/client/connect.js';
import type { DirectClient } from '../apps/client/client.js';
import { messagesIn, repliesTo, sendClick, type DemoSlack } from '../apps/local/slack-workspace.js';
import { startSlack } from '../demo/slack/slack-emulator.js';
import type { SlackStore } from '../activities/slack/store.js';
import { saidBy } from '../activities/slack/sealed.js';
import { actsOf } from '../src/engine/plan/plan.js';
import { preciseNow } from './clock.js';
import { against, told, within, type Figure } from './figures.js';
import type { Scale } from './options.js';
import { gates } from './plans.js';
import { idOf, startRollout } from './rollouts.js';
import { openBenchDoor } from './slack-door.js';
import type { BenchWorker, Stage } from './stage.js';
import { median, percentile } from './statistics.js';
import { until } from './until.js';

/** Approvals in one workflow: its history stays short. */
const perRollout = 5;
const approvers = 4;

/** Both ways of an approval: a click, and a call of Temporal. */
interface Ways {
  readonly slack: DemoSlack;
  readonly store: SlackStore;
  readonly clicks: string;
  readonly client: DirectClient;
}

/** What a click costs beside a call, what a rollout says in Slack, and how late it is when many speak at once. */
export async function benchPeople(stage: Stage, { rollouts = 100 }: Scale): Promise<Figure[]> {
  const { slack, stop } = await startSlack(['ana']);
  const worker = await stage.worker({ journal: true });
  await worker.ask({ type: 'start' });
  const client = await connect({ address: stage.address, env: {} });
  const door = await openBenchDoor(client, stage.recordsUrl, slack);
  try {
    const ways = { slack, client, store: door.store, clicks: door.clicks };
    const approvals = await approve(stage, worker, ways);
    const crowd = await speakAtOnce(stage, ways, rollouts);
    return [...approvals, ...crowd];
  } finally {
    await door.close();
    await client.close();
    await stop();
  }
}

/** From the click, or the call, to the start of the act behind the gate, by both ways in turns. */
async function approve({ client, say }: Stage, worker: BenchWorker, ways: Ways): Promise<Figure[]> {
  const digested = gates(perRollout);
  const acts = actsOf(digested.plan).map(({ id }) => id);
  const took = { bySlack: [] as number[], directly: [] as number[] };
  const shown: number[] = [];
  for (let nth = 0; nth < approvers; nth++) {
    for (const way of ['bySlack', 'directly'] as const) {
      const key = `${way}-${nth}`;
      await startRollout(client, key, digested);
      for (const [index, act] of acts.entries()) {
        const step = `approve/leave-${index}`;
        const { sent, ts } = await (way === 'bySlack' ? click(ways, key, step) : call(ways, key, step));
        took[way].push((await began(worker, key, act)) - sent);
        if (ts !== undefined) shown.push(await untilSettled(ways, ts, sent));
      }
    }
    say(`${took.bySlack.length} of ${perRollout * approvers} approvals each way`);
  }
  return [
    against('click to next act, p99, ms', percentile(took.bySlack, 99), percentile(took.directly, 99)),
    against('click to next act, median, ms', median(took.bySlack), median(took.directly)),
    told('click to no button any more, median, ms', median(shown)),
  ];
}

interface Sent {
  readonly sent: number;
  readonly ts?: string;
}

async function click({ slack, store, clicks }: Ways, key: string, step: string): Promise<Sent> {
  const rollout = idOf(key);
  const { id, ts, value } = await until(`${step} of ${key} to be asked`, async () => {
    const about = `gate/${step}/0`;
    const kept = (await store.messages(rollout)).find((one) => one.about === about && one.ts !== undefined);
    const wanted = kept && (await store.wanted(rollout, about));
    return kept && wanted && { ...kept, ts: kept.ts ?? '', value: `${kept.id}.${saidBy(wanted)}` };
  });
  const sent = preciseNow();
  await sendClick(slack, { url: clicks, user: slack.users['ana'] ?? '', ts, value, actionTs: id });
  return { sent, ts };
}

async function call({ client }: Ways, key: string, step: string): Promise<Sent> {
  const rollout = idOf(key);
  const { epoch, digest } = await until(`gate ${step} to open`, async () => {
    const report = await client.status(rollout).catch(() => undefined);
    return report?.gate?.step === step ? { ...report.gate, digest: report.digest } : undefined;
  });
  const sent = preciseNow();
  await client.decide(rollout, { type: 'approve', id: randomUUID(), by: 'ana', step, epoch, digest });
  return { sent };
}

function began(worker: BenchWorker, key: string, act: string): Promise<number> {
  return until(`${act} to start`, async () => {
    const { applied } = await worker.ask({ type: 'applies' });
    return applied[`${idOf(key)} ${act}`];
  });
}

/** Until nobody can click on it any more, as the workspace has it. */
function untilSettled({ slack }: Ways, ts: string, sent: number): Promise<number> {
  return until('the question to have no buttons', async () => {
    const message = (await messagesIn(slack, slack.channel)).find((one) => one.ts === ts);
    return message?.blocks?.some(({ type }) => type === 'actions') ? undefined : preciseNow() - sent;
  });
}

/** Slack takes one message a second and channel: later than that the last of so many cannot be. */
async function speakAtOnce({ client, say }: Stage, ways: Ways, rollouts: number): Promise<Figure[]> {
  const keys = Array.from({ length: rollouts }, (_, index) => `crowd-${index}`);
  const before = Date.now();
  await Promise.all(keys.map((key) => startRollout(client, key, gates(1, key))));
  say(`${rollouts} rollouts ask at once`);
  const asked = async (key: string) =>
    (await ways.store.messages(idOf(key))).some(
      ({ about, ts }) => about.startsWith('gate/') && ts !== undefined,
    );
  for (const key of keys)
    await until(`${key} to be asked`, async () => ((await asked(key)) ? true : undefined));
  const last = (Date.now() - before) / 1_000;
  say('every question is asked; now all the rest is said');
  const unsaid = async () => (await ways.store.waitingChannels()).length > 0;
  await until('everything to be said', async () => ((await unsaid()) ? undefined : true));
  const all = await everyMessage(ways.slack);
  const ids = all.map(({ metadata }) => metadata?.event_payload?.id);
  const own = await Promise.all(keys.map(async (key) => (await ways.store.messages(idOf(key))).length));
  return [
    against(`${rollouts} rollouts ask at once: the last question after, s`, last, rollouts),
    told('messages for each rollout with one gate, before an answer', median(own)),
    within('posted twice', ids.length - new Set(ids).size, 0),
  ];
}

async function everyMessage(slack: DemoSlack) {
  const roots = await messagesIn(slack, slack.channel);
  const replies = await Promise.all(roots.map(({ ts }) => repliesTo(slack, slack.channel, ts)));
  return [...roots, ...replies.flat()];
}
