import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf } from '../../src/engine/base/json.js';
import { DecisionQueue, mostWaiting, type Deciding } from '../../src/engine/decide/decision-queue.js';

const safer = new Set(['abort']);
const decision = (id: number, type: string, by = 'mallory'): Deciding => ({ id: String(id), by, type });

/** What happens to a queue: somebody asks or tells, a turn is judged, the run ends. */
const happenings = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.record({ type: fc.constant('ask'), id: fc.nat(2_000) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constantFrom('tell', 'tell safer'),
        id: fc.nat(2_000),
        many: fc.nat(150),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'judge' }) },
    { weight: 1, arbitrary: fc.constant({ type: 'renew' }) },
  ),
  { maxLength: 60 },
);

it('judges or counts every decision once, and loses none that somebody waits for', () => {
  fc.assert(
    fc.property(happenings, (all) => {
      let queue = new DecisionQueue<Deciding>(safer);
      const told = new Set<string>();
      const asked = new Set<string>();
      const judged: string[] = [];
      let away = 0;
      let turnedAway = 0;
      const judge = (onlyAsked: boolean) => {
        const turn = queue.take(onlyAsked);
        expect(turn.length).toBeLessThanOrEqual(mostWaiting);
        const ranks = turn.map((place) => (place.asked ? 0 : safer.has(place.request.type) ? 1 : 2));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        for (const place of turn) {
          judged.push(place.request.id);
          queue.done(place);
        }
      };
      for (const happening of all) {
        if ('many' in happening) {
          for (let more = 0; more <= happening.many; more++) {
            const one = decision(happening.id + more * 2_000, happening.type === 'tell' ? 'reject' : 'abort');
            if (told.has(one.id) || asked.has(one.id)) continue;
            told.add(one.id);
            queue.tell(one, false);
            if (!queue.has(one.id)) away += 1;
          }
        } else if ('id' in happening) {
          const one = decision(happening.id, 'reject');
          if (told.has(one.id)) continue;
          asked.add(one.id);
          if (!judged.includes(one.id)) queue.ask(one);
        } else if (happening.type === 'judge' && queue.due(false)) judge(false);
        else if (happening.type === 'renew') {
          while (queue.due(true)) judge(true);
          const before = queue.ids.length;
          const left = queue.carry(bytesOf);
          expect(left.waiting.length).toBe(before);
          queue = new DecisionQueue<Deciding>(safer, JSON.parse(JSON.stringify(left)) as typeof left);
        }
        expect(queue.ids.length).toBeLessThanOrEqual(2 * mostWaiting + asked.size);
      }
      while (queue.due(false)) judge(false);
      turnedAway += queue.takeTurnedAway(true)?.count ?? 0;
      expect(turnedAway).toBe(away);
      expect(new Set(judged).size).toBe(judged.length);
      expect(judged.length + turnedAway).toBe(told.size + asked.size);
      for (const id of asked) expect(judged).toContain(id);
    }),
    { numRuns: 300 },
  );
});

it('takes so much along as one payload has room for, the safer first, and counts the rest', () => {
  const queue = new DecisionQueue<Deciding>(safer);
  for (let id = 0; id < 100; id++) queue.tell(decision(id, 'reject', 'x'.repeat(1_000)), false);
  for (let id = 100; id < 200; id++) queue.tell(decision(id, 'abort', 'x'.repeat(1_000)), false);
  const { waiting, turnedAway } = queue.carry(bytesOf);
  expect(bytesOf(waiting)).toBeLessThan(101_000);
  expect(waiting.every(({ type }) => type === 'abort')).toBe(true);
  expect(waiting.length + turnedAway!.count).toBe(200);
});

it('tells of those who were turned away once nobody waits any more, in one line', () => {
  const queue = new DecisionQueue<Deciding>(safer);
  for (let id = 0; id < 130; id++) queue.tell(decision(id, 'reject', `m${id}`), false);
  queue.turnAway({ count: 7, by: ['zoe'] });
  expect(queue.takeTurnedAway(false)).toBeUndefined();
  for (const place of queue.take(false)) queue.done(place);
  expect(queue.takeTurnedAway(false)).toEqual({ count: 37, by: ['m100', 'm101', 'm102', 'm103', 'm104'] });
  expect(queue.takeTurnedAway(true)).toBeUndefined();
});
