import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SlackStore } from '../../../activities/slack/store.js';
import { follow } from '../../../apps/slack/tell/follow.js';
import { speak } from '../../../apps/slack/tell/speak.js';
import { eventually } from '../../support/eventually.js';
import { startWorkspace, type Workspace } from '../../support/slack/workspace.js';
import type { StandingRollout } from '../../support/slack/rollout.js';
import { clickedPlan } from './plans.js';
import { titleOf } from './asked.js';

let workspace: Workspace;
let rollout: StandingRollout;
/** Methods of the records that fail now. */
let away: (method: string) => boolean;
let ended: AbortController;
let loops: Promise<unknown>;
const refused: string[] = [];

beforeEach(async () => {
  workspace = await startWorkspace();
  rollout = workspace.rollout(clickedPlan());
  refused.length = 0;
  ended = new AbortController();
});
afterEach(async () => {
  ended.abort();
  await loops;
  await workspace.close();
});

/** A process that follows the rollout and speaks, over records that are away at times. */
function run(): void {
  let looked = 0;
  const followed = () => {
    const entries = rollout.state.journal.length;
    return Promise.resolve(looked === entries ? [] : [{ rollout: rollout.id, entries, told: 0 }]);
  };
  const all: SlackStore = {
    ...workspace.store,
    follow: followed,
    looked: (one) => Promise.resolve(void (looked = one.entries)),
  };
  const store = new Proxy(all, {
    get: (target, name: keyof SlackStore) => {
      const method = target[name];
      if (typeof method !== 'function') return method;
      return (...given: never[]) => {
        if (!away(name)) return (method as (...all: never[]) => unknown)(...given);
        refused.push(name);
        return Promise.reject(new Error('the records are away'));
      };
    },
  });
  const door = { ...workspace.door, client: rollout.client, history: rollout.client.journal, store };
  loops = Promise.all([
    follow(door, ended.signal, () => new Promise(() => undefined)),
    speak(door, ended.signal),
  ]);
}

const questions = async () =>
  (await workspace.messages()).filter(({ text }) => text.includes('go? split-name'));

it('a question that could not be kept is asked as soon as the records are back, marked late, once', async () => {
  away = () => true;
  run();
  rollout.ask('approve/go', 25);
  const ago = 600_000;
  const { gate, journal } = rollout.state;
  rollout.state.gate = { ...gate!, since: gate!.since - ago };
  rollout.state.journal = journal.map((event) => ({ ...event, at: event.at - ago }));
  await eventually(() => expect(refused).toContain('follow'));
  await eventually(() => expect(refused).toContain('waitingChannels'));
  expect(await questions()).toEqual([]);
  away = () => false;
  await eventually(async () => expect(await questions()).toHaveLength(1));
  expect((await questions())[0]?.text).toMatch(/^🕓 late, of <!date/);
  // An edit says it, too: it was asked when it was.
  rollout.record('warning', 'the journal grows');
  rollout.state.exposure = 30;
  await eventually(async () => expect((await questions())[0]?.text).toContain('from 30 %'));
  expect((await questions()).map(({ text }) => text)).toEqual([expect.stringMatching(/^🕓 late, of/)]);
});

it('a question whose posting could not be written down is found again, and not asked twice', async () => {
  away = (method) => method === 'stands';
  run();
  rollout.ask('approve/go', 25);
  await eventually(() => expect(refused).toContain('stands'));
  expect(await questions()).toHaveLength(1);
  away = () => false;
  await eventually(() => {
    workspace.store.hurry();
    expect(workspace.store.rows.find(({ about }) => about.startsWith('gate/'))?.ts).toBeDefined();
  });
  const [question, ...more] = await questions();
  expect(more).toEqual([]);
  expect(titleOf(question!)).toMatch(/^go\? split-name/);
});

it('a question that was settled while the records were away is not asked at all', async () => {
  away = () => true;
  run();
  rollout.ask('approve/go', 25);
  await eventually(() => expect(refused).toContain('follow'));
  delete rollout.state.gate;
  rollout.record('gate-passed', 'approved by ana, ben', { step: 'approve/go', epoch: 0 });
  away = () => false;
  await eventually(async () => expect((await workspace.messages()).length).toBeGreaterThan(0));
  expect(await questions()).toEqual([]);
});
