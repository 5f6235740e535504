import fc from 'fast-check';
import type { Verdict, Plan } from '../../../src/engine/plan/plan.js';
import { actsOf } from '../../../src/engine/plan/plan.js';
import type { Verb } from '../../../src/engine/state/ports.js';
import type { Script } from '../world.js';
import type { Behaviour, Behaviours } from './faults.js';
import { approves, resolves, type Person } from './people.js';
import type { SentinelScript } from './sentinel.js';

export interface ScriptChoices {
  readonly faults?: boolean;
  readonly verdicts?: boolean;
  readonly outages?: boolean;
  /** People who abort, cancel and reject. */
  readonly trouble?: boolean;
  /** People who pause, take exposure back, resume, advance, extend and halt. */
  readonly meddling?: boolean;
  /** Acts that are cancelled or time out may land afterwards. */
  readonly late?: boolean;
}

/** No rollout of a generated plan is busy for longer, in milliseconds. */
const span = 400_000;

const ofAct: readonly Verb[] = ['check', 'capture', 'apply', 'undo', 'restore', 'fence', 'verify'];
const ofNone: readonly Verb[] = ['subscribe', 'judge', 'unsubscribe', 'notify'];

function behaviour(late: boolean): fc.Arbitrary<Behaviour> {
  return fc.record(
    {
      takes: fc.constantFrom(0, 200, 3_000, 30_000, 90_000),
      times: fc.constantFrom(0, 1, 3, 100),
      fails: fc.constantFrom('before', 'half', 'after'),
      cancel: cancels(late),
      cancelTakes: fc.constantFrom(0, 100, 20_000),
      landsAfter: fc.constantFrom(0, 5_000, 60_000),
    },
    { requiredKeys: [] },
  );
}

function behaviours(plan: Plan, late: boolean): fc.Arbitrary<Behaviours> {
  const ids = actsOf(plan).map(({ id }) => id);
  const calls = [...ofNone, ...ids.flatMap((id) => ofAct.map((verb) => `${verb} ${id}`))];
  const one = fc.tuple(fc.constantFrom(...calls), behaviour(late));
  const common = fc.record({ takes: fc.constantFrom(200, 2_000, 15_000), cancel: cancels(late) });
  return fc
    .tuple(common, fc.array(one, { maxLength: 6 }))
    .map(([apply, entries]) => ({ apply, ...Object.fromEntries(entries) }));
}

function cancels(late: boolean) {
  return fc.constantFrom<NonNullable<Behaviour['cancel']>[]>(
    'obeys',
    'ignores',
    late ? 'lands-late' : 'obeys',
  );
}

const verdict = fc.constantFrom<Verdict[]>('pass', 'pass', 'fail', 'inconclusive', 'error', 'no-evidence');

function sentinel({ verdicts = true, outages = true }: ScriptChoices): fc.Arbitrary<Partial<SentinelScript>> {
  const at = fc.integer({ min: 0, max: span });
  const turn = fc.record({ at, guard: fc.integer({ min: 0, max: 1 }), verdict });
  const outage = fc
    .record({ from: at, length: fc.constantFrom(3_000, 20_000, 60_000, Infinity), told: fc.boolean() })
    .map(({ from, length, told }) => ({ from, to: from + length, told }));
  return fc.record({
    turns: fc.array(turn, { maxLength: verdicts ? 4 : 0 }).map((turns) => turns.sort((a, b) => a.at - b.at)),
    outages: fc.array(outage, { maxLength: outages ? 1 : 0 }),
    delay: fc.constantFrom(0, 50, 1_500),
    ...(verdicts && { failsFrom: fc.constantFrom(Infinity, Infinity, Infinity, Infinity, 25, 100) }),
  });
}

/** Everybody approves what they are asked for, and operators choose what they like. */
const meddlings = ['pause', 'retreat', 'resume', 'advance', 'extend', 'halt'] as const;

/** Somebody who uses every verb an operator has, also where it makes no sense. */
function meddler(moment: fc.Arbitrary<Pick<Person, 'on' | 'nth' | 'after'>>): fc.Arbitrary<Person[]> {
  const one = fc
    .tuple(fc.constantFrom(...meddlings), moment, fc.constantFrom(500, 20_000, 200_000))
    .map(([what, when, later]): Person[] => {
      const of = (id: string) => ({
        id: `${what} ${id}`,
        by: { name: 'meg', groups: ['owners'] },
        reason: 'tested',
      });
      const at = `${when.on} ${when.nth} ${when.after}`;
      const resumes: Person = {
        on: 'paused',
        after: later,
        write: ({ paused }) => paused && { ...of(`resume ${paused.since}`), type: 'resume' },
      };
      switch (what) {
        case 'pause':
          return [{ ...when, write: () => ({ ...of(at), type: 'pause' }) }, resumes];
        case 'retreat':
          return [{ ...when, write: () => ({ ...of(at), type: 'pause', exposure: 'zero' }) }, resumes];
        case 'advance':
          return [{ ...when, write: ({ watch }) => watch && { ...of(at), type: what, step: watch.step } }];
        case 'extend':
          return [
            {
              ...when,
              write: ({ watch }) => watch && { ...of(at), type: what, step: watch.step, ms: later },
            },
          ];
        case 'resume':
        case 'halt':
          return [{ ...when, write: () => ({ ...of(at), type: what }) }];
      }
    });
  return fc.array(one, { maxLength: 2 }).map((all) => all.flat());
}

function people(trouble: boolean, meddling: boolean): fc.Arbitrary<Person[]> {
  const after = fc.integer({ min: 0, max: 60_000 });
  const approvals = fc.tuple(after, after).map(([one, two]): Person[] => [
    {
      on: 'gate-opened',
      after: one,
      write: (state) => approves(`ann ${state.gate?.step} ${state.gate?.epoch}`, 'ann', ['approvers'])(state),
    },
    {
      on: 'gate-opened',
      after: two,
      write: (state) => approves(`bob ${state.gate?.step} ${state.gate?.epoch}`, 'bob', ['approvers'])(state),
    },
    {
      on: 'approvals-voided',
      after: one,
      write: (state) =>
        approves(`ann again ${state.gate?.step} ${state.gate?.epoch}`, 'ann', ['approvers'])(state),
    },
  ]);
  const operators = fc
    .array(fc.tuple(fc.constantFrom('retry', 'skip', 'halt'), after), { maxLength: 3 })
    .map((choices) =>
      choices.map(([choice, wait], index): Person => ({
        on: 'needs-operator',
        nth: index + 1,
        after: wait,
        write: resolves(`resolve ${index}`, choice as 'retry'),
      })),
    );
  const moment = fc.oneof(
    fc.record({ after: fc.integer({ min: 0, max: span }) }),
    fc.record({
      on: fc.constantFrom('act-started' as const, 'watch-started' as const, 'gate-opened' as const),
      nth: fc.integer({ min: 1, max: 6 }),
      after: fc.integer({ min: 0, max: 3_000 }),
    }),
  );
  const troublemaker = fc
    .tuple(fc.constantFrom('abort', 'cancel', 'reject'), moment)
    .map(([type, when]): Person => ({
      ...when,
      write: ({ gate, digest }) => {
        const by = { name: 'tom', groups: ['approvers'] };
        if (type === 'abort') return { type, id: `abort ${when.after}`, by, reason: 'enough' };
        if (type === 'cancel') return { type: 'cancel', reason: 'from outside' };
        return (
          gate && {
            type: 'reject',
            id: `reject ${when.after}`,
            by,
            step: gate.step,
            epoch: gate.epoch,
            digest,
          }
        );
      },
    }));
  return fc
    .tuple(
      approvals,
      operators,
      fc.array(troublemaker, { maxLength: trouble ? 1 : 0 }),
      meddling ? meddler(moment) : fc.constant([]),
    )
    .map((all) => all.flat());
}

/** Worlds for a plan. */
export function scripts(plan: Plan, choices: ScriptChoices = {}): fc.Arbitrary<Script> {
  const { faults = true, trouble = true, meddling = true, late = true } = choices;
  return fc.record({
    flags: fc.constantFrom({}, { 'flag:a': 2 }),
    sentinel: sentinel(choices),
    behaviours: faults ? behaviours(plan, late) : fc.constant({}),
    people: people(trouble, meddling),
    together: fc.constantFrom(1, 1, 5_000),
    restoreFences: fc.constant(true),
  });
}
