import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Approval, Plan } from '../../src/engine/plan/plan.js';
import type { Decision, Principal, Proof } from '../../src/engine/state/messages.js';
import { run, type World } from '../support/world.js';
import type { Person } from '../support/world/people.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';
import { demand, type Counts } from '../support/world/property.js';

const within = 120_000;
const escalatesAfter = 40_000;
/** Whom the world lets start everything. */
const starter = 'tess';

/** Few names, so that the same people meet again: as themselves, as a service's owner, and as a delegate. */
const names = ['tess', 'ann', 'bob', 'lea'] as const;
const groupsOf = { tess: ['approvers'], ann: ['approvers'], bob: ['approvers'], lea: ['leads'] } as const;
const known = (name: keyof typeof groupsOf) => ({ name, groups: groupsOf[name], kind: 'person' as const });

const principal: fc.Arbitrary<Principal> = fc
  .record({
    name: fc.constantFrom(...names),
    service: fc.constantFrom('', '', 'robot', 'named'),
    delegator: fc.constantFrom(undefined, ...names),
    gates: fc.constantFrom(['go'], ['*'], ['approve/go'], ['other']),
    proof: fc.constantFrom<Proof[]>('slack', 'token', 'oidc'),
  })
  .map(({ name, service, delegator, gates, proof }) => ({
    ...known(name),
    ...(service !== '' && {
      name: service,
      groups: ['approvers'],
      kind: 'service' as const,
      person: name,
    }),
    proof,
    ...(delegator && { delegators: [{ ...known(delegator), gates }] }),
  }));

const decider: fc.Arbitrary<Person> = fc
  .record({
    after: fc.integer({ min: 0, max: within + 10_000 }),
    by: principal,
    id: fc.integer({ min: 0, max: 20 }),
    nth: fc.constantFrom(1, 1, 1, 2),
    looks: fc.constantFrom('then' as const, 'when-writing' as const),
    type: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'comment' as const),
  })
  .map(({ after, by, id, nth, looks, type }): Person => ({
    on: 'gate-opened',
    nth,
    after,
    looks,
    write: ({ gate: open, digest }) => {
      const base = { id: `${type} ${id}`, by, reason: 'tested' };
      if (type === 'comment') return { ...base, type };
      return { ...base, type, step: 'approve/go', epoch: open?.epoch ?? 0, digest };
    },
  }));

const options = fc.record(
  {
    fourEyes: fc.constant(true as const),
    strength: fc.constantFrom('slack' as const, 'token' as const),
    remind: fc.constantFrom(10_000, 100_000),
    escalate: fc.constant({ to: 'leads', after: escalatesAfter }),
  },
  { requiredKeys: [] },
);

const outages = fc
  .array(fc.tuple(fc.integer({ min: 10_000, max: 100_000 }), fc.integer({ min: 3_000, max: 25_000 })), {
    maxLength: 1,
  })
  .map((all) => all.map(([from, length]) => ({ from, to: from + length, told: true })));

function planWith(quorum: number, more: Partial<Approval>): Plan {
  const plain = gate('go', quorum, 'roll-back', within);
  const asking = { ...plain, approval: { ...plain.approval, by: ['approvers', 'named'], ...more } };
  return planOf({
    canary: [expose('a', 5), watch('1', 5_000)],
    promote: [asking, act('do/1', 'table:x', byAction), watch('2', 5_000)],
  });
}

interface Open {
  escalated: boolean;
  readonly people: Set<string>;
  count: number;
}

/** Judges anew, from the trace alone and by other means, what counted: never two of one person, never the wrong ones. */
function audit({ trace }: World, quorum: number, { fourEyes, strength }: Partial<Approval>): string[] {
  const seen: string[] = [];
  const sent = new Map<string, Decision>();
  for (const { message } of trace.of('taken')) {
    if (
      'by' in message &&
      message.type !== 'unauthorised' &&
      message.type !== 'dismissed' &&
      !sent.has(message.id)
    )
      sent.set(message.id, message);
  }
  let open: Open | undefined;
  for (const { event } of trace.of('event')) {
    if (event.type === 'gate-opened') open = { escalated: false, people: new Set(), count: 0 };
    if (event.type === 'hold' && open) open = { ...open, people: new Set(), count: 0 };
    if (event.type === 'gate-escalated' && open) open.escalated = true;
    if (event.type === 'gate-escalated' || event.type === 'gate-reminded') seen.push(event.type);
    if (event.type === 'gate-passed') {
      expect(open?.count, 'approvals since the last hold').toBeGreaterThanOrEqual(quorum);
      seen.push('passed');
      open = undefined;
    }
    if (event.type !== 'decision') continue;
    const decision = sent.get(event.evidence?.id as string);
    if (decision?.type === 'comment') expect(event.evidence?.accepted).toBe(true);
    if (decision?.type !== 'approve' || event.evidence?.accepted !== true) {
      seen.push(...refusals(event.evidence?.answer as string));
      continue;
    }
    const { by } = decision;
    const onBehalfOf = event.evidence['onBehalfOf'];
    const as = onBehalfOf === undefined ? by : by.delegators?.find(({ name }) => name === onBehalfOf);
    expect(as, 'whoever it is for has delegated it').toBeDefined();
    if (onBehalfOf !== undefined) seen.push('delegate');
    const asked = ['approvers', ...(open!.escalated ? ['leads'] : [])];
    const named = as!.name === 'named';
    expect(named || as!.groups.some((group) => asked.includes(group))).toBe(true);
    expect([by, as!].every(({ kind, name }) => kind === 'person' || name === 'named')).toBe(true);
    if (strength === 'token') expect(by.kind === 'person' && by.proof !== 'slack').toBe(true);
    for (const person of new Set([by, as!].map(({ person: behind, name }) => behind ?? name))) {
      expect(open!.people.has(person), `${person} counts once`).toBe(false);
      if (fourEyes) expect(person).not.toBe(starter);
      open!.people.add(person);
    }
    open!.count += 1;
    seen.push(as!.groups.includes('leads') ? 'lead' : 'approved');
  }
  return seen;
}

const kinds = [/approved already/, /four eyes/, /is a service/, /in none of/, /needs a token/] as const;

function refusals(answer: string): string[] {
  return kinds.filter((kind) => kind.test(answer)).map((kind) => kind.source);
}

it('counts people and not names, whatever they are called and whoever they answer for (400 runs)', async () => {
  const counts: Counts = {};
  const worlds = fc.record({
    quorum: fc.integer({ min: 1, max: 3 }),
    more: options,
    deciders: fc.array(decider, { minLength: 2, maxLength: 10 }),
    outages,
    together: fc.constantFrom(1, 1, 4_000),
  });
  await fc.assert(
    fc.asyncProperty(worlds, async ({ quorum, more, deciders, outages: down, together }) => {
      const house = { shared: true, able: [{ from: 0, people: ['a', 'b', 'c'] }] };
      const world = await run(planWith(quorum, more), {
        people: deciders,
        sentinel: { outages: down },
        together,
        house,
      });
      for (const name of new Set(audit(world, quorum, more))) counts[name] = (counts[name] ?? 0) + 1;
    }),
    { numRuns: 400 },
  );
  demand(counts, {
    passed: 40,
    delegate: 4,
    lead: 5,
    'gate-escalated': 50,
    'gate-reminded': 50,
    ...Object.fromEntries(kinds.map((kind) => [kind.source, 10])),
  });
});
