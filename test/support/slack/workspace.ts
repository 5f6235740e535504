import { makeDoorKey, openDoorKey } from '../../../activities/identity/door-key.js';
import { slackWeb, type SlackWeb } from '../../../activities/slack/web.js';
import { createSigner } from '../../../apps/client/signing/signer.js';
import type { Environment } from '../../../apps/config/config.js';
import type { Door } from '../../../apps/slack/decide/door.js';
import { handle } from '../../../apps/slack/receive/handle.js';
import { receiveOverHttp } from '../../../apps/slack/receive/http.js';
import { signaturesOf } from '../../../apps/slack/receive/signature.js';
import { say } from '../../../apps/slack/tell/speak.js';
import { tellRollout } from '../../../apps/slack/tell/tell-rollout.js';
import { lookAt } from '../../../apps/slack/tell/look-at.js';
import {
  messagesIn,
  repliesTo,
  type DemoSlack,
  type StoredMessage,
} from '../../../apps/local/slack-workspace.js';
import { startSlack } from '../../../demo/slack/slack-emulator.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';
import { memoryJournal } from './memory-journal.js';
import { memoryStore } from './memory-store.js';
import { postSigned, type SignedOver } from './signed-post.js';
import { standingRollout, type StandingRollout } from './rollout.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';

/** A workspace of Slack on this machine, a door to it, and people who click. */
export interface Workspace {
  readonly slack: DemoSlack;
  readonly proxy: FaultProxy;
  readonly web: SlackWeb;
  readonly store: ReturnType<typeof memoryStore>;
  readonly log: readonly string[];
  readonly clicks: string;
  /** What is to be said of a rollout is written down, and said. */
  tell(rollout: StandingRollout): Promise<void>;
  /** Says what is to be said, without waiting for a pace. */
  speak(): Promise<void>;
  /** A rollout of a plan, which the door knows. */
  rollout(plan: Plan, more?: Parameters<typeof standingRollout>[2]): StandingRollout;
  messages(): Promise<readonly StoredMessage[]>;
  replies(ts: string): Promise<readonly StoredMessage[]>;
  /** Sends a signed payload, and waits until all that it leads to is done. */
  send(payload: object, over?: SignedOver & { readonly form?: boolean }): Promise<number>;
  /** Clicks a button under a message. */
  click(by: string, message: StoredMessage, action: string, over?: object): Promise<number>;
  /** The door itself, for another receiver. */
  readonly door: Door;
  /** What the door has written down because no rollout takes it. */
  attempts(): Promise<readonly JournalEvent[]>;
  /** What only one person was told, newest last. */
  whispers(by: string): string[];
  /** The dialog that was opened last. */
  dialog(): { readonly callback_id: string; readonly private_metadata: string } | undefined;
  /** Fills in a dialog. */
  submit(by: string, answer: string): Promise<number>;
  /** Another user than those of the environment: in the workspace, and bound to nobody. */
  readonly stranger: string;
  configure(change: (environment: Environment) => Environment): void;
  close(): Promise<void>;
}

const names = ['ana', 'ben', 'cleo', 'dora', 'mallory'];
const groups: Readonly<Record<string, readonly string[]>> = {
  ana: ['team-one'],
  ben: ['sre'],
  cleo: ['team-one'],
  dora: ['support'],
};

/** @param timeout milliseconds after which the door waits for Slack no more */
export async function startWorkspace(timeout = 60_000): Promise<Workspace> {
  const { slack, stop } = await startSlack(names);
  const proxy = await startFaultProxy(slack.api);
  const made = await makeDoorKey('slack-1');
  const key = await openDoorKey(made.secret);
  const section = {
    token: slack.token,
    team: slack.team,
    channel: slack.channel,
    incidents: slack.incidents,
  };
  let environment = {
    kind: 'shared',
    databases: {},
    flags: {},
    metrics: {},
    adapters: {},
    people: {},
    principals: Object.fromEntries(
      Object.entries(groups).map(([name, all]) => [
        name,
        { kind: 'person', groups: all, slack: { team: slack.team, user: slack.users[name]! } },
      ]),
    ),
    identity: {
      issuers: [],
      tokens: [],
      doors: { slack: { keys: [{ kid: made.kid, x: made.x }], proofs: ['slack'] } },
    },
    policy: {
      rights: [{ runbooks: '*', right: 'approve', to: ['team-one', 'sre'] }],
      gates: [],
      drill: 'off',
    },
    slack: section,
    records: { url: 'postgres://nowhere/none' },
  } as unknown as Environment;

  const web = slackWeb({ token: slack.token, url: proxy.url, timeout });
  const store = memoryStore();
  const journal = memoryJournal();
  const log: string[] = [];
  const rollouts = new Map<string, StandingRollout>();
  const clientFor = new Proxy({} as Door['client'], {
    get: (_, name) => {
      return (given: string, ...more: unknown[]) => {
        const found = rollouts.get(given) ?? [...rollouts.values()][0];
        if (!found) throw new Error('this workspace has no rollout yet');
        const client = found.client as unknown as Record<string | symbol, (...all: unknown[]) => unknown>;
        return client[name]?.(given, ...more);
      };
    },
  });
  const underWay: Promise<void>[] = [];
  const door: Door = {
    environment: 'shared',
    slack: section,
    client: clientFor,
    store,
    journal,
    web,
    signer: createSigner({ environment: 'shared', door: 'slack' }, key),
    history: (rollout) => clientFor.journal(rollout),
    now: () => environment,
    changed: () => undefined,
    log: (line) => void log.push(line),
  };
  const receiver = await receiveOverHttp({
    host: '127.0.0.1',
    port: 0,
    signatures: signaturesOf(slack.signingSecret),
    log: (line) => void log.push(line),
    async handle(body) {
      const { reply, after } = await handle(door, () => true, body);
      if (!after) return reply ? { reply } : {};
      const done = after();
      underWay.push(done.catch((error: unknown) => void log.push(`thrown: ${String(error)}`)));
      return { after: () => done };
    },
  });
  let clicks = 0;
  const workspace: Workspace = {
    slack,
    proxy,
    web,
    store,
    log,
    clicks: receiver.where,
    door,
    stranger: slack.users['mallory']!,
    rollout(plan, more) {
      const made = standingRollout(plan, () => environment, more);
      rollouts.set(made.id, made);
      return made;
    },
    async tell(rollout) {
      const told = await lookAt(
        { client: rollout.client, history: rollout.client.journal, slack: section, now: () => environment },
        rollout.id,
      );
      await tellRollout({ store, slack: section }, told, 0);
      await workspace.speak();
      // What is said in a thread waits until its first message stands.
      await tellRollout({ store, slack: section }, told, told.events.length);
      await workspace.speak();
    },
    async speak() {
      for (const channel of await store.waitingChannels()) {
        for (
          let due = await store.take(channel, 0, 30_000);
          due;
          due = await store.take(channel, 0, 30_000)
        ) {
          await say({ store, web, log: door.log }, due);
        }
      }
    },
    messages: () => messagesIn(slack, slack.channel),
    replies: (ts) => repliesTo(slack, slack.channel, ts),
    async send(payload, { form = false, ...over } = {}) {
      const fields = form ? (payload as Record<string, string>) : { payload: JSON.stringify(payload) };
      const status = await postSigned(receiver.where, slack.signingSecret, fields, over);
      await Promise.all(underWay);
      return status;
    },
    async click(by, { ts, blocks = [] }, action, over = {}) {
      const user = slack.users[by] ?? by;
      const button = blocks
        .flatMap(({ type, elements = [] }) => (type === 'actions' ? elements : []))
        .find(({ action_id }) => action_id === action);
      clicks += 1;
      return workspace.send({
        type: 'block_actions',
        team: { id: slack.team },
        user: { id: user, team_id: slack.team },
        channel: { id: slack.channel },
        message: { ts },
        trigger_id: `for:${user}`,
        actions: [
          { type: 'button', action_id: action, action_ts: `${clicks}.1`, value: button?.value ?? '' },
        ],
        ...over,
      });
    },
    async attempts() {
      const entries = await Promise.all((await journal.list()).map((name) => journal.read(name)));
      return entries.flat().map(({ event }) => event);
    },
    whispers: (by) =>
      proxy.calls.flatMap(({ method, body }) =>
        method === 'chat.postEphemeral' && body['user'] === (slack.users[by] ?? by)
          ? [String(body['text'])]
          : [],
      ),
    dialog: () => proxy.calls.findLast(({ method }) => method === 'views.open')?.body['view'] as never,
    async submit(by, answer) {
      const { callback_id, private_metadata } = workspace.dialog()!;
      clicks += 1;
      const field = callback_id === 'extend' ? { selected_option: { value: answer } } : { value: answer };
      return workspace.send({
        type: 'view_submission',
        team: { id: slack.team },
        user: { id: slack.users[by] ?? by, team_id: slack.team },
        view: {
          id: `V${clicks}`,
          callback_id,
          private_metadata,
          state: { values: { said: { said: field } } },
        },
      });
    },
    configure(change) {
      environment = change(environment);
    },
    async close() {
      await receiver.close();
      await proxy.close();
      await stop();
    },
  };
  return workspace;
}
