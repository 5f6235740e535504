import { actsOf } from '../../src/engine/plan/plan.js';
import type { FaultName } from './faults.js';
import { isSame, nameOf, spread, type Point } from './point.js';
import type { Scenario } from './scenario.js';

/** One run to be made: a scenario with one fault at one point. */
export interface Case {
  readonly scenario: Scenario;
  readonly fault: FaultName;
  readonly at: Point;
}

type Wanted = (point: Point) => boolean;

const at =
  (moment: Point['moment'], activity: string, about = /^/): Wanted =>
  (point) =>
    point.moment === moment && point.activity === activity && about.test(point.about);

const ofTable = /^(?!expose\/|flag:)/;
const exposure = /^expose\//;
const somebody = /^[1-9]\d* %$/;

/** Where Temporal is killed: at the start and end of an act, in a watch, in a gate, while unwinding. */
const killsOfTemporal: readonly Wanted[] = [
  at('before', 'apply'),
  at('after', 'apply'),
  at('between', 'apply', /^backfill\//),
  at('before', 'apply', exposure),
  at('before', 'judge', somebody),
  at('before', 'notify'),
  at('before', 'authorise'),
  at('after', 'authorise'),
  at('before', 'restore'),
  at('after', 'undo'),
  at('before', 'verify'),
];

/** Where a network turns bad: only what has begun has to get over it, for a preflight may refuse. */
const turnsBad: Readonly<Record<'database' | 'metrics' | 'flags', readonly Wanted[]>> = {
  database: [
    at('before', 'capture', ofTable),
    at('before', 'apply', ofTable),
    at('between', 'apply', /^backfill\//),
    at('after', 'apply', ofTable),
    at('before', 'apply', /^retire\//),
    at('before', 'undo'),
    at('after', 'undo'),
    at('before', 'verify', /^table:/),
  ],
  metrics: [
    at('after', 'apply', exposure),
    at('before', 'judge', somebody),
    at('before', 'authorise'),
    at('before', 'apply', /^retire\//),
  ],
  flags: [
    at('before', 'capture', exposure),
    at('before', 'apply', exposure),
    at('before', 'restore'),
    at('before', 'verify', /^flag:/),
  ],
};

/** The watch of an environment goes on as long as somebody is watched: at its end nothing is left to try again. */
function isTriedAgain({ activity }: Point): boolean {
  return activity !== 'watchEnvironment';
}

/**
 * Whether every run comes by it: on a slow machine a backfill has more batches than it needs, which the next run may
 * lack. It says how far it is at its beginning and after each.
 */
function isSure({ plan, customers }: Scenario, { moment, about, place }: Point): boolean {
  const step = actsOf(plan).find(({ id }) => id === about);
  const batch = step?.do.input['batch'];
  return moment !== 'between' || typeof batch !== 'number' || place <= 1 + Math.ceil(customers / batch);
}

/** Every run that there is for a scenario, from the points that its undisturbed run passed. */
export function casesOf(scenario: Scenario, passed: readonly Point[]): Case[] {
  const points = passed
    .filter((point) => isSure(scenario, point))
    .filter((point, index, sure) => sure.findIndex((other) => isSame(other, point)) === index);
  const first = (wanted: readonly Wanted[]) =>
    wanted
      .flatMap((want) => points.find(want) ?? [])
      .filter((point, index, all) => all.indexOf(point) === index);
  const tried = points.filter(isTriedAgain);
  const byFault: Readonly<Record<FaultName, readonly Point[]>> = {
    worker: points,
    'worker-again': tried,
    'worker-recovering': tried,
    'worker-temporal': tried,
    temporal: first(killsOfTemporal),
    database: first(turnsBad.database),
    metrics: first(turnsBad.metrics),
    flags: first(turnsBad.flags),
  };
  return Object.entries(byFault).flatMap(([fault, points]) =>
    points.map((point) => ({ scenario, fault: fault as FaultName, at: point })),
  );
}

/** Which cases are wanted. */
export interface Choice {
  readonly points?: number;
  readonly seed: number;
  readonly faults: readonly FaultName[];
  /** What the name of a point, its scenario in front, has to match. */
  readonly only?: RegExp;
}

/**
 * So many cases, spread evenly over those that are possible; all of these when `points` is absent. Each kind of fault
 * gets its share, and one at least.
 */
export function draw(cases: readonly Case[], { points, seed, faults, only = /^/ }: Choice): Case[] {
  const meant = cases.filter(({ scenario, at }) => only.test(`${scenario.name} ${nameOf(at)}`));
  const kinds = faults
    .map((fault) => meant.filter((one) => one.fault === fault))
    .filter((kind) => kind.length > 0);
  const possible = kinds.flat();
  if (points === undefined) return possible;
  const share = (kind: readonly Case[]) => Math.max(1, Math.floor((points * kind.length) / possible.length));
  const [most = [], ...others] = kinds.sort((a, b) => b.length - a.length);
  // Kinds that have the same points get others of them.
  const rest = others
    .flatMap((kind, place) => spread(kind, share(kind), seed + place + 1))
    .slice(0, points - 1);
  return [...spread(most, points - rest.length, seed), ...rest];
}
