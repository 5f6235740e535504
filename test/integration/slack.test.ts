import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDoorKey } from '../../activities/identity/door-key.js';
import { startOptions } from '../../apps/client/start-options.js';
import { rolloutId } from '../../apps/client/rollout-id.js';
import { startChild } from '../../apps/local/child-process.js';
import { rolloutType } from '../../src/protocol/rollout.js';
import type { Environment } from '../../apps/config/config.js';
import { openSlack } from '../../apps/slack/slack.js';
import {
  messagesIn,
  repliesTo,
  sendClick,
  type DemoSlack,
  type StoredMessage,
} from '../../apps/local/slack-workspace.js';
import { startSlack } from '../../demo/slack/slack-emulator.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { boundOfStart } from '../../src/identity/claims.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import { eventually, openEnvironment, quick, type TestEnvironment } from '../support/rollouts.js';
import { sharedEnvironment } from '../support/rollouts/shared.js';
import { startFaultProxy } from '../support/slack/fault-proxy.js';
import { faultsOfBlocks } from '../support/slack/limits.js';

const titleOf = ({ blocks = [] }: StoredMessage) => blocks[0]?.text?.text ?? '';
const buttonsOf = ({ blocks = [] }: StoredMessage) =>
  blocks.flatMap(({ type, elements = [] }) => (type === 'actions' ? elements : []));

function inSlack(given: Environment, slack: DemoSlack, key: { kid: string; x: string }): Environment {
  const { principals = {}, identity } = given;
  const bound = Object.entries(principals).map(([name, one]) => {
    const user = slack.users[name];
    return [name, { ...one, ...(user !== undefined && { slack: { team: slack.team, user } }) }];
  });
  return {
    ...given,
    principals: Object.fromEntries(bound) as NonNullable<Environment['principals']>,
    identity: { ...identity!, doors: { ...identity!.doors, slack: { keys: [key], proofs: ['slack'] } } },
    slack: {
      token: { env: 'SLACK_TOKEN_OF_TEST' },
      signingSecret: { env: 'SLACK_SECRET_OF_TEST' },
      team: slack.team,
      channel: slack.channel,
      incidents: slack.incidents,
      url: slack.api,
    },
  };
}

/** Writes the configuration of a door. @param url of Slack, where it is not asked itself */
async function writeDoor({ config, name }: TestEnvironment, environment: Environment, url?: string) {
  const file = join(dirname(config), `slack${url === undefined ? '' : '-through'}.config.json`);
  const door = { name: 'slack', key: { env: 'SLACK_DOOR_KEY_OF_TEST' } };
  const slack = { ...environment.slack!, ...(url !== undefined && { url }) };
  await writeFile(file, JSON.stringify({ environments: { [name]: { ...environment, slack, door } } }), {
    mode: 0o600,
  });
  return file;
}

/** Two processes serve the same environment: any of them takes a click. */
async function openDoors(test: TestEnvironment, environment: Environment) {
  const { name, client } = test;
  const file = await writeDoor(test, environment);
  const receive = { host: '127.0.0.1', port: 0 };
  const options = {
    environment: name,
    config: file,
    address: client.address,
    receive,
    log: () => undefined,
  };
  return [await openSlack(options), await openSlack(options)] as const;
}

/** A door in a process of its own, which asks Slack through a proxy, and is killed in the middle of a click. */
async function killedInTheMiddle(
  test: TestEnvironment,
  environment: Environment,
  slack: DemoSlack,
  question: StoredMessage,
): Promise<void> {
  const proxy = await startFaultProxy(slack.api);
  const config = await writeDoor(test, environment, proxy.url);
  const door = await startChild<{ type: 'ready'; url: string }>({
    name: 'the Slack door',
    module: new URL('../../apps/slack/slack-process.js', import.meta.url),
    args: [test.name, config, test.client.address, '0'],
    log: join(dirname(config), 'slack.log'),
    withinMs: 240_000,
  });
  try {
    // It has answered Slack, and asks whose account that is.
    proxy.next('users.info', { type: 'hangs' });
    await click(door.ready.url, slack, 'ana', question, '0');
    await eventually(() => expect(proxy.calls.some(({ method }) => method === 'users.info')).toBe(true));
  } finally {
    await door.kill();
    await proxy.close();
  }
}

function click(url: string, slack: DemoSlack, by: string, message: StoredMessage, at = '1'): Promise<void> {
  const { value = '' } = buttonsOf(message).find(({ action_id }) => action_id === 'approve') ?? {};
  return sendClick(slack, {
    url,
    user: slack.users[by] ?? '',
    ts: message.ts,
    value,
    actionTs: `${at}.${by}`,
  });
}

it('a rollout asks in Slack, goes on by two clicks through two processes, and says each thing once', async () => {
  const made = await makeDoorKey('slack-1');
  const { slack, stop } = await startSlack(['ana', 'ben']);
  process.env['SLACK_DOOR_KEY_OF_TEST'] = made.secret;
  process.env['SLACK_TOKEN_OF_TEST'] = slack.token;
  process.env['SLACK_SECRET_OF_TEST'] = slack.signingSecret;
  const shared = await sharedEnvironment();
  let configured: Environment | undefined;
  const environment = await openEnvironment({
    ...shared.options,
    configure: async (given, database) =>
      (configured = inSlack(await shared.options.configure!(given, database), slack, {
        kid: made.kid,
        x: made.x,
      })),
  });
  const doors = await openDoors(environment, configured!);
  try {
    await environment.work();
    const plan = splitCustomerName.evaluate({ ...quick, canary: [] });
    const digest = planDigest(plan);
    const { name, temporal } = environment;
    const id = rolloutId({ environment: name, runbook: plan.runbook, key: 'k1' });
    const signed = await shared.sign(boundOfStart(name, id, { plan, digest, startedBy: 'ana' }));
    const input = { format: 1, plan, digest, environment: name, startedBy: 'ana', signed } as const;
    await temporal.workflow.start(rolloutType, startOptions(id, input));
    const rollout = await environment.follow(id);

    const titled = (title: RegExp) =>
      eventually(async () => {
        const found = (await messagesIn(slack, slack.channel)).find((message) =>
          title.test(titleOf(message)),
        );
        expect(found).toBeDefined();
        return found!;
      });
    const question = await titled(/^go\? split-customer-name/);
    expect(buttonsOf(question).map(({ action_id }) => action_id)).toContain('approve');
    await killedInTheMiddle(environment, configured!, slack, question);
    expect((await rollout.status()).gate?.approvals).toEqual([]);
    await click(doors[0].where, slack, 'ana', question);
    await eventually(async () => expect((await rollout.status()).gate?.approvals).toHaveLength(1));
    await click(doors[1].where, slack, 'ben', question);

    const settled = await titled(/^go: ✅ approved/);
    expect([settled.ts, buttonsOf(settled)]).toEqual([question.ts, []]);
    const purge = await titled(/^purge\? split-customer-name/);
    expect(buttonsOf(purge)).toEqual([]);
    expect(JSON.stringify(purge.blocks)).toContain(`npx switchback approve ${id}`);

    await temporal.workflow.getHandle(id).cancel();
    const { journal } = await rollout.ended();
    const decisions = journal.flatMap(({ type, by, via, evidence }) =>
      type === 'decision' ? [{ by, via, accepted: evidence?.['accepted'] }] : [],
    );
    expect(decisions).toEqual([
      { by: 'ana', via: 'slack', accepted: true },
      { by: 'ben', via: 'slack', accepted: true },
    ]);
    // Nobody's journal takes what comes after the end but the door's.
    await click(doors[0].where, slack, 'ana', question, '2');
    await eventually(async () => {
      const { records } = environment;
      const [month = ''] = (await records.journal.list()).filter((one) => one.startsWith(`slack/${name}/`));
      expect((await records.journal.read(month)).map(({ event }) => event)).toMatchObject([
        { type: 'decision', by: 'ana', evidence: { accepted: false, rollout: id } },
      ]);
      expect(await records.journal.verify(month)).toMatchObject({ ok: true, entries: 1 });
    });
    const root = await titled(/rolled-back$/);
    await titled(/^purge: ↩️ not asked any more/);

    const roots = await messagesIn(slack, slack.channel);
    const replies = await Promise.all(roots.map(({ ts }) => repliesTo(slack, slack.channel, ts)));
    const all = [...roots, ...replies.flat()] as (StoredMessage & {
      metadata: { event_payload: { id: string } };
    })[];
    const ids = all.map(({ metadata }) => metadata.event_payload.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(all.flatMap((message) => faultsOfBlocks(message as never))).toEqual([]);
    expect(roots.filter((message) => titleOf(message).includes('rolled-back')).map(({ ts }) => ts)).toEqual([
      root.ts,
    ]);
  } finally {
    await Promise.all(doors.map((door) => door.close()));
    await environment.close();
    await stop();
  }
});
