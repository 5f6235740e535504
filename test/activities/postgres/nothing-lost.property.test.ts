import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Act } from '../../../src/engine/plan/plan.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Message } from '../../../src/engine/state/messages.js';
import type { RolloutState } from '../../../src/engine/state/state.js';
import { work } from '../../../src/testing/index.js';
import { carryOutLive, type LiveVerbs } from '../../support/live-rollout.js';
import { expose, gate, planOf, watch } from '../../support/world/plans.js';
import { acts, shop, type Shop } from './given.js';
import { Service, type Written } from './service.js';

/** Rollouts that are tried; `ROLLOUTS` asks for more, and `SEED` for others. */
const runs = Number(process.env['ROLLOUTS'] ?? 6);
const rows = 200;
const keys = 8;

interface World {
  /** After which event somebody aborts, counted from the first act; beyond the last nobody does. */
  readonly abortAfter: number;
  /** Milliseconds by which the service notices late that its flag went back: 0 to 10 s, twenty times as fast. */
  readonly late: number;
  readonly drain: number;
  /** Whether the service can be asked whom it serves. */
  readonly asked: boolean;
  /** After which events all connections of the worker break. */
  readonly crashes: readonly number[];
  /** After which event the triggers are turned off, and for how many milliseconds; never when absent. */
  readonly off: { readonly after: number; readonly for: number } | undefined;
}

const world: fc.Arbitrary<World> = fc.record({
  abortAfter: fc.oneof(fc.integer({ min: 1, max: 18 }), fc.integer({ min: 19, max: 32 }), fc.constant(99)),
  late: fc.constantFrom(0, 50, 250, 500),
  drain: fc.constantFrom(0, 50, 300),
  asked: fc.boolean(),
  crashes: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
  off: fc.option(
    fc.record({ after: fc.integer({ min: 1, max: 30 }), for: fc.constantFrom(50, 300, 10_000) }),
    { nil: undefined, freq: 3 },
  ),
});

/** One that notices late and is not asked, and one that is: without these the property could speak of nothing. */
const late: World = { abortAfter: 24, late: 500, drain: 0, asked: false, crashes: [], off: undefined };
const examples: [World][] = [[late], [{ ...late, asked: true }]];

const length = 150;
const plan = (drain: number) => ({
  ...planOf(
    {
      expand: [acts.add, acts.sync, acts.backfill, acts.parity],
      canary: [expose('a', 50, drain), watch('canary', length)],
      promote: [expose('a', 100, drain), watch('promoted', length)],
      contract: [acts.retire, watch('retired', length), gate('purge'), acts.purge],
    },
    [],
  ),
  deadlines: { act: 20_000, undo: 20_000, preflight: 20_000, ask: 20_000, giveUp: 20_000 },
});

test(`nothing that was acknowledged is lost, whoever writes, whatever breaks and however late the flag is noticed (${runs} rollouts)`, async () => {
  const seen = { stored: 0, aside: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const place = await shop(rows, { patience: 5_000 });
      // Else a new row without the trigger would fail, and not be stored with nothing of it in the old shape.
      await place.query(`ALTER TABLE customer ALTER full_name SET DEFAULT 'New Customer'`);
      try {
        await roll(place, given, seen);
      } finally {
        await place.close();
      }
    }),
    { numRuns: runs, endOnFailure: true, examples },
  );
  for (const [what, times] of Object.entries(seen)) {
    expect(times, `${what}; all: ${JSON.stringify(seen)}`).toBeGreaterThan(0);
  }
}, 600_000);

async function roll(place: Shop, given: World, seen: Record<string, number>): Promise<void> {
  let percent = 0;
  const service = new Service(place, { keys, late: given.late, lasts: 30 });
  const { outcome } = await carryOutLive(
    plan(given.drain),
    verbsOver(place, given, service, {
      get: () => percent,
      set: (to) => service.hear((percent = to)),
    }),
    peopleAndFaults(place, given),
  );
  await service.noticed();
  await service.stop();
  const late = service.candidate.failed;
  // Whoever is asked does not even lose a request: nothing went before it had noticed.
  if (given.asked && outcome.type === 'rolled-back')
    expect(late, 'writes of a candidate that was asked').toBe(0);
  for (const [key, written] of service.stored) await requireKept(place, key, written, outcome.type);
  seen['stored']! += service.candidate.stored;
  seen['refused']! += late;
  seen['aside']! += (await place.query('SELECT FROM switchback.set_aside')).length;
}

/** Tables are real; a flag is a number, and its application is the service. */
function verbsOver(
  { adapter }: Shop,
  { asked }: World,
  service: Service,
  flag: { get(): number; set(percent: number): void },
): LiveVerbs {
  const isFlag = ({ target }: Pick<Act, 'target'>) => target.startsWith('flag:');

  return {
    check: async ({ act }, signal) =>
      isFlag(act) ? { evidence: {} } : { evidence: await adapter.check(act, work(signal)) },
    capture: async ({ act }, signal) => {
      const state = isFlag(act) ? { percent: flag.get() } : await adapter.read(act, work(signal));
      return { target: act.target, at: Date.now(), state };
    },
    async apply({ act, key }, signal) {
      if (!isFlag(act)) return adapter.apply(act, key, work(signal));
      flag.set(act.exposure?.percent ?? 0);
      return {};
    },
    undo: ({ act, action, key }, signal) => adapter.undo(act, action, key, work(signal)),
    async restore({ capture }) {
      flag.set(Number(capture.state['percent']));
      return { evidence: {} };
    },
    async observe() {
      if (asked && service.servesCandidate) throw new Error('the service serves the candidate');
      return { asked, evidence: {} };
    },
    fence: ({ act, key }, signal) => adapter.fence(act, key, work(signal)),
    verify: ({ acts: all, capture, key }, signal) =>
      isFlag(all[0]!)
        ? Promise.resolve({ verified: flag.get() === 0, reason: 'read', evidence: {} })
        : adapter.verify(all, capture, key, work(signal)),
  };
}

/** Approves, aborts when the time has come, halts where nothing goes on, and breaks what it is told to break. */
function peopleAndFaults(place: Shop, { abortAfter, crashes, off }: World) {
  const by = { name: 'olga', groups: ['owners', 'approvers'] };
  let count = 0;
  let decisions = 0;
  const id = () => `decision ${(decisions += 1)}`;
  return (event: JournalEvent, state: RolloutState): Message | undefined => {
    count += Number(state.started.length > 0);
    if (crashes.includes(count)) void place.crash();
    if (off?.after === count) void turnOff(place, off.for);
    if (event.type === 'needs-operator') return { type: 'resolve', id: id(), by, choice: 'halt' };
    if (event.type === 'gate-opened' && state.gate) {
      const { step, epoch } = state.gate;
      return { type: 'approve', id: id(), by, step, epoch, digest: state.digest };
    }
    if (count === abortAfter) return { type: 'abort', id: id(), by, reason: 'enough' };
    return undefined;
  };
}

/** A superuser turns every trigger off and, if there still are any, on again. */
async function turnOff(place: Shop, length: number): Promise<void> {
  const modes = (mode: string) => `DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'customer'::regclass AND tgname LIKE 'zz_switchback%'
    LOOP EXECUTE format('ALTER TABLE customer ${mode} TRIGGER %I', name); END LOOP; END $$`;
  await place.query(modes('DISABLE')).catch(() => undefined);
  await sleep(length);
  await place.query(modes('ENABLE ALWAYS')).catch(() => undefined);
}

/** What was acknowledged last for a key stands in the table, in either shape, or beside it for whoever looks. */
async function requireKept(place: Shop, key: number, written: Written, outcome: string): Promise<void> {
  const [row] = await place.query<{ row: Record<string, unknown> }>(
    'SELECT to_jsonb(c) AS row FROM customer c WHERE id = $1',
    [key],
  );
  const there = (
    await place.query<{ name: string | null }>(`SELECT to_regclass('switchback.disputed') AS name`)
  )[0];
  const beside = await place.query<{ new: Record<string, unknown> }>(
    `SELECT new FROM switchback.set_aside WHERE key = $1::text
     ${there?.name ? 'UNION ALL SELECT new FROM switchback.disputed WHERE key = $1::text' : ''}`,
    [key],
  );
  const places = [row?.row ?? {}, ...beside.map((one) => one.new)];
  const kept = places.some((found) => holds(found, written));
  const shown = JSON.stringify({ key, written, places, outcome });
  expect(kept, `acknowledged, and nowhere to be found: ${shown}`).toBe(true);
}

function holds(found: Record<string, unknown>, written: Written): boolean {
  const full = found['full_name'] ?? found['switchback_retired_full_name'];
  const { first_name: first, last_name: last } = found;
  if (written.by === 'baseline') {
    return full === written.full || `${String(first)} ${String(last)}` === written.full;
  }
  if (first === written.first && last === written.last) return true;
  // The old shape says all of it when the new one follows from it.
  return full === `${written.first} ${written.last}` && !written.first.includes(' ');
}
