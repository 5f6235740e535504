import { describe, expect, it } from 'vitest';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { pointsToCover, reversibleDigest } from '../../src/drill/coverage.js';
import { failurePointsOf, pointName } from '../../src/drill/points.js';
import { proofOf, type ProofPolicy } from '../../src/drill/proof.js';
import { adaptersOf, schemaOf, type Ground } from '../../src/drill/ground.js';
import { sealed, type DrilledPoint, type DrillRecord } from '../../src/drill/record.js';
import type { Plan } from '../../src/engine/plan/plan.js';

const day = 86_400_000;
const now = 100 * day;
const plan = splitCustomerName.evaluate({});
const policy: ProofPolicy = { environment: 'drills', maxAge: 30 * day, coverage: 1, withinObjective: false };
const [first, second] = pointsToCover(plan).map(pointName);

/** A drill of all points but those left out, some of which failed. */
function drillOf(
  about: {
    readonly endedAt?: number;
    readonly without?: readonly string[];
    readonly only?: readonly string[];
    readonly failed?: readonly string[];
    readonly of?: Plan;
    readonly environment?: string;
    readonly took?: number | undefined;
    readonly saw?: string;
    readonly ground?: Ground;
  } = {},
): DrillRecord {
  const { endedAt = now - day, without = [], only, failed = [], of = plan } = about;
  const took = 'took' in about ? about.took : 100;
  const points = failurePointsOf(of)
    .filter((point) => !without.includes(pointName(point)))
    .filter((point) => only === undefined || only.includes(pointName(point)))
    .map((point): DrilledPoint => ({
      ...point,
      kind: 'act',
      result: failed.includes(pointName(point)) ? 'failed' : 'passed',
      differences: failed.includes(pointName(point)) && about.saw ? [about.saw] : [],
      ...(took !== undefined && { restored: { verified: took } }),
      rowsCompared: 0,
      rowsLost: 0,
    }));
  return sealed({
    format: 1,
    drill: 'drill/drills/split-customer-name/1',
    runbook: of.runbook,
    digest: 'a'.repeat(64),
    reversibleDigest: reversibleDigest(of),
    build: 'b',
    ...(about.ground && { ground: about.ground }),
    environment: about.environment ?? 'drills',
    startedBy: 'ana',
    startedAt: endedAt - 1_000,
    endedAt,
    expiresAt: endedAt + 30 * day,
    timeScale: 1,
    points,
    pointsToCover: pointsToCover(of).length,
    coverage: 1,
    timeToRestore: {},
    rowsCompared: 0,
    rowsLost: 0,
    pastReturn: 0,
    notSimulated: [],
  });
}

const proof = (records: readonly DrillRecord[], asked: Partial<ProofPolicy> = {}, of = plan) =>
  proofOf(of, records, { ...policy, ...asked }, now);

describe('what drills prove of a plan', () => {
  it('is everything after a drill of every point, with its age and its worst time', () => {
    expect(proof([drillOf({ took: 700 })])).toMatchObject({
      proven: true,
      coverage: 1,
      drilledAt: now - day,
      worst: 700,
    });
  });

  it('is nothing without a drill, and the reason says which points and by which command', () => {
    const { proven, coverage, reason } = proof([]);
    expect({ proven, coverage }).toEqual({ proven: false, coverage: 0 });
    expect(reason).toContain(first);
    expect(reason).toContain('and 34 more');
    expect(reason).toContain('with the file of split-customer-name: switchback drill run FILE --env drills');
    const listed = proof([], { file: 'split.ts' }).reason;
    expect(listed).toContain('switchback drill run split.ts --env drills --server URL --param');
  });

  it('is what several drills together show, and of each point what the newest says', () => {
    const rest = drillOf({ endedAt: now - 2 * day, without: [first!] });
    const one = drillOf({ endedAt: now - day, only: [first!] });
    expect(proof([one, rest])).toMatchObject({ proven: true, drilledAt: now - 2 * day });
    const red = drillOf({ endedAt: now - 1_000, only: [second!], failed: [second!] });
    expect(proof([red, one, rest])).toMatchObject({ proven: false });
    expect(proof([red, one, rest]).reason).toContain(second);
    const green = drillOf({ endedAt: now, only: [second!] });
    expect(proof([red, green, one, rest])).toMatchObject({ proven: true });
  });

  it('is not what was long ago, elsewhere, of another way back, or is yet to come', () => {
    const other = splitCustomerName.evaluate({ canary: [5, 25, 50] });
    for (const stale of [
      drillOf({ endedAt: now - 31 * day }),
      drillOf({ environment: 'other' }),
      drillOf({ of: other }),
      drillOf({ endedAt: now + day }),
    ])
      expect(proof([stale])).toMatchObject({ proven: false, coverage: 0 });
    // Other windows are the same way back.
    expect(proof([drillOf()], {}, splitCustomerName.evaluate({ soakFor: '1h' }))).toMatchObject({
      proven: true,
    });
  });

  it('is enough where the environment asks for less', () => {
    const most = drillOf({ without: [first!] });
    expect(proof([most])).toMatchObject({ proven: false });
    expect(proof([most], { coverage: 0.9 })).toMatchObject({ proven: true });
  });

  it('ends where the record itself says so, however long the environment lets drills count', () => {
    const old = drillOf({ endedAt: now - 31 * day });
    expect(proof([old], { maxAge: 90 * day })).toMatchObject({ proven: false, coverage: 0 });
  });

  describe('on other ground', () => {
    const column = (type: string) => ({ type, notNull: true, grants: null, storage: 'x' });
    const ground = (type: string, more: object = {}, postgres = '0.1.0'): Ground => {
      const state = { columns: { full_name: column(type) }, constraints: null, owner: 'a', ...more };
      const table = { target: 'table:shop.customer' as const, at: 0, state };
      const flag = { target: 'flag:split-name' as const, at: 0, state: { percent: 0 } };
      return { adapters: { flags: '1', postgres }, schema: schemaOf([table, flag]) };
    };
    const drilled = drillOf({ ground: ground('text') });
    const reasonOn = (here: Ground) => {
      const found = proofOf(plan, [drilled], policy, now, here);
      return found.proven ? 'proven' : found.reason;
    };

    it('proves nothing, and the reason says which adapter or which part of which schema changed', () => {
      expect(reasonOn(ground('varchar'))).toContain(
        'since it was drilled, columns of table:shop.customer are others than it was drilled on;',
      );
      expect(reasonOn(ground('text', { constraints: { k: { definition: 'CHECK (a)' } } }))).toContain(
        'constraints of table:shop.customer',
      );
      expect(reasonOn(ground('text', {}, '0.2.0'))).toContain('adapter postgres was 0.1.0, and is 0.2.0');
    });

    it('is not where only what every environment has of its own differs, or nobody knows it', () => {
      const ours = { triggers: { zz_switchback_track: { definition: 'x' } }, owner: 'b' };
      expect(reasonOn(ground('text', ours))).toBe('proven');
      expect(reasonOn({ adapters: {}, schema: {} })).toBe('proven');
      expect(adaptersOf(plan)).toEqual(['flags', 'postgres']);
    });
  });

  it('is never enough while something is known not to come back, and the reason says what', () => {
    const red = drillOf({ failed: [second!], saw: 'column first_name is left over' });
    const { proven, reason } = proof([red], { coverage: 0.2 });
    expect(proven).toBe(false);
    expect(reason).toContain(`did not come back in a drill from ${second} (column first_name is left over)`);
    expect(reason).toContain('switchback drill run FILE --env drills');
    // It does not come back by growing old.
    const longAgo = drillOf({ endedAt: now - 40 * day, only: [second!], failed: [second!] });
    const rest = drillOf({ without: [second!] });
    expect(proof([longAgo, rest], { coverage: 0.2 })).toMatchObject({ proven: false });
    const mended = drillOf({ endedAt: now - 1, only: [second!] });
    expect(proof([red, mended], { coverage: 0.2 })).toMatchObject({ proven: true });
  });

  it('is no time to restore where nobody has measured one', () => {
    const stated = { ...plan, objective: { restoreWithin: 600 } };
    const unmeasured = drillOf({ took: undefined });
    expect(proof([unmeasured], { withinObjective: true }, stated)).toMatchObject({
      proven: false,
      reason: expect.stringContaining('no drill has measured how long going back takes'),
    });
  });

  it('keeps to an objective only where there is one, and says how to state it', () => {
    const asked = { withinObjective: true };
    const { objective: _, ...unstated } = plan;
    expect(proof([drillOf({ of: unstated })], asked, unstated)).toMatchObject({
      proven: false,
      reason: expect.stringContaining("objective: { restoreWithin: '5m' }"),
    });
    const stated = { ...plan, objective: { restoreWithin: 600 } };
    expect(proof([drillOf({ took: 600 })], asked, stated)).toMatchObject({ proven: true });
    expect(proof([drillOf({ took: 601 })], asked, stated)).toMatchObject({
      proven: false,
      reason: expect.stringContaining('going back took 601ms'),
    });
  });
});
