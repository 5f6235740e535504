import { expect, it } from 'vitest';
import { eventOf, noticeEvent } from '../../../activities/notify/event.js';
import { channelsFor, type Route } from '../../../activities/notify/routes.js';
import type { Notice } from '../../../src/engine/state/values.js';

const routes: Route[] = [
  { urgencies: ['incident'], to: ['pager', 'mail'] },
  { owners: ['team-checkout'], to: ['chat'] },
  { urgencies: ['question'], owners: ['team-search'], to: ['mail'] },
];
const notice = (urgency: Notice['urgency'], owner?: string): Notice => ({
  rollout: 'rollout/staging/a/1',
  urgency,
  text: 'something',
  ...(owner !== undefined && { owner }),
});

it.each([
  ['incident', 'team-checkout', ['pager', 'mail', 'chat']],
  ['incident', 'team-search', ['pager', 'mail']],
  ['question', 'team-search', ['mail']],
  ['news', 'team-search', []],
  // The environment's own incidents belong to nobody: everybody hears of them.
  ['incident', undefined, ['pager', 'mail', 'chat']],
] as const)('a route has what it names: %s of %s', (urgency, owner, to) => {
  expect(channelsFor(routes, notice(urgency, owner))).toEqual(to);
});

it('what the engine says fits the schema, and what waits has no outcome', () => {
  const about = { id: '1', at: '2026-11-30T02:00:00.000Z', environment: 'staging' };
  const said = { ...notice('question', 'team-checkout'), exposure: 5, todo: ['approve'] };
  const event = eventOf(said, about);
  expect(event).toEqual({
    ...about,
    type: 'question',
    rollout: said.rollout,
    owner: 'team-checkout',
    text: 'something',
    exposure: 5,
    todo: ['approve'],
  });
  expect(noticeEvent.safeParse({ ...event, outcome: 'waiting' }).success).toBe(false);
});
