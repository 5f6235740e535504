import { beforeEach, expect, it } from 'vitest';
import { RaisedOrphans } from '../../../activities/sentinel/raised-orphans.js';
import type { Look, LookVerdict } from '../../../src/engine/state/look.js';
import type { Notice } from '../../../src/engine/state/values.js';
import type { Watched } from '../../../src/protocol/subscriptions.js';

const rollout = 'rollout/e/search/k1';
const alive: Watched = {
  rollout,
  workflowId: rollout,
  number: 1,
  percent: 20,
  since: 1,
  guards: [],
  recorded: {},
};
const orphan: Watched = { ...alive, orphan: { at: 2, reason: 'terminated', told: true } };
const look = (verdict: LookVerdict, percent = 60): Look => {
  return { target: 'flag:f', verdict, at: 3, percent, reason: `it gives the candidate to ${percent} %` };
};

let notices: Notice[];
let mute: boolean;
let orphans: RaisedOrphans;
beforeEach(() => {
  notices = [];
  mute = false;
  orphans = new RaisedOrphans({
    raised: new Set(),
    notify: (notice) =>
      mute ? Promise.reject(new Error('down')) : Promise.resolve(void notices.push(notice)),
    byHand: () => Promise.resolve(['by hand: put it back']),
    warn: () => undefined,
  });
});

async function seen(subscriber: Watched, ...verdicts: LookVerdict[]): Promise<void> {
  for (const verdict of verdicts) {
    orphans.see({ subscriber, looks: [look(verdict)] });
    // What it says leaves in the background.
    await new Promise(setImmediate);
  }
}

it('calls once about a raised target of an orphan, with what is exposed and what to do', async () => {
  await seen(orphan, 'as-left', 'raised', 'raised', 'unread', 'raised');
  expect(notices).toMatchObject([{ rollout, urgency: 'incident', exposure: 60 }]);
  expect(notices[0]?.text).toMatch(/flag:f of .*, an orphan, is raised.*60 %/);
  expect(notices[0]?.todo).toEqual([`switchback rescue ${rollout}`, 'by hand: put it back']);
});

it('calls again when it was as left in between', async () => {
  await seen(orphan, 'raised', 'as-left', 'raised');
  expect(notices).toHaveLength(2);
});

it('leaves to a rollout that lives what it hears itself, and what exposes nobody more to nobody', async () => {
  await seen(alive, 'raised');
  await seen(orphan, 'lowered', 'changed', 'unread');
  expect(notices).toEqual([]);
});

it('tells at a later look what it could not tell', async () => {
  mute = true;
  await seen(orphan, 'raised');
  mute = false;
  await seen(orphan, 'raised');
  expect(notices).toHaveLength(1);
});
