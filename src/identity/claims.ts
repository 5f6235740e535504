import { digestOf } from '../engine/base/digest.js';
import { canonicalJson, type JsonObject } from '../engine/base/json.js';
import type { Plan } from '../engine/plan/plan.js';
import type { DecisionRequest, Proof } from '../engine/state/messages.js';
import type { Reverts } from '../engine/state/reverts.js';
import { scheduleIdOf } from '../protocol/drill.js';
import { locksId, type LocksRequest } from '../protocol/locks.js';

/** What a decision, or a start, is about: everything in it that must not be changed on its way. */
export interface Bound {
  readonly env: string;
  /** The rollout that it is for; of decisions about an environment `locks/<environment>`. */
  readonly rollout: string;
  /**
   * The digest of the first run of the rollout's workflow: an id may come again. Absent of what has not begun, and of locks.
   * Not the run itself: journals carry what was signed, and whoever knows the run speaks for the rollout.
   */
  readonly firstRun?: string;
  readonly step?: string;
  readonly epoch?: number;
  readonly digest?: string;
  /** The type, and all values of it. */
  readonly decision: { readonly type: string } & JsonObject;
  /** Of the decision. A start is known by its rollout. */
  readonly id?: string;
  readonly by: string;
}

/** What somebody had before their eyes when they decided: so that it can be shown later what they were told. */
export interface Shown {
  /** The message, by a name that its door understands. */
  readonly message: string;
  /** SHA-256 of what it said, in hex. */
  readonly said: string;
}

/** What a door knows of a decision and nobody else: who it was, how that was shown, and when. */
export interface Vouched {
  readonly id: string;
  /** The newest number of the journal that whoever decided had seen. */
  readonly seen?: number;
  readonly shown?: Shown;
  readonly proof: Proof;
  /** The door. */
  readonly via: string;
  /** The principal or door that handed it in; the same as `by` when that person did. */
  readonly submittedBy: string;
  /** When it was signed, in seconds since the epoch as everywhere in JOSE. */
  readonly iat: number;
  /** Until when it counts, in seconds since the epoch. */
  readonly exp: number;
}

/** What a door signs. */
export type Claims = Bound & Vouched;

/** Which rollout a decision is about. */
export interface AboutRollout extends Pick<Bound, 'env' | 'rollout'> {
  /** The id of its first run itself. */
  readonly firstRun?: string;
}

/** What a decision about a rollout is bound to. */
export function boundOfDecision({ firstRun, ...about }: AboutRollout, request: DecisionRequest): Bound {
  const { id, by, signed: _signed, ...values } = request;
  const { step, epoch, digest, ...decision } = {
    step: undefined,
    epoch: undefined,
    digest: undefined,
    ...values,
  };
  const run = firstRun === undefined ? undefined : digestOf(firstRun);
  return present({ ...about, firstRun: run, step, epoch, digest, decision, id, by });
}

/** What a decision about an environment is bound to. */
export function boundOfLocksDecision(env: string, request: LocksRequest): Bound {
  const { id, by, signed: _signed, ...decision } = request;
  return { env, rollout: locksId(env), decision, id, by };
}

/** What a start says. */
export interface StartSaid {
  readonly plan: Plan;
  readonly digest: string;
  readonly startedBy: string;
  readonly askedFor?: string;
  /** The plan came as JSON. A door that evaluated a runbook itself does not say so. */
  readonly fromFile?: true;
  readonly wait?: false;
}

/** What a start is bound to. */
export function boundOfStart(env: string, rollout: string, said: StartSaid): Bound {
  const { plan, digest, startedBy: by, askedFor, fromFile, wait } = said;
  const { runbook, params } = plan;
  return {
    env,
    rollout,
    digest,
    by,
    decision: present({ type: 'start', runbook, params, askedFor, fromFile, wait }),
  };
}

/** What the start of a rollout that takes another one back says. */
export interface TakeBackSaid extends Reverts {
  readonly askedFor?: string;
}

/** What the start of a rollout that takes another one back is bound to. */
export function boundOfTakeBack(env: string, rollout: string, said: TakeBackSaid): Bound {
  const { kind: type, rollout: ended, reason, by, askedFor } = said;
  return { env, rollout, by, decision: present({ type, rollout: ended, reason, askedFor }) };
}

/** What a drill is to be. */
export interface DrillSaid {
  /** The drill environment. */
  readonly environment: string;
  readonly runbook: string;
  /** Of the whole plan. */
  readonly digest: string;
  readonly startedBy: string;
  readonly timeScale: number;
  /** Names of the points, in the order of the plan. */
  readonly points: readonly string[];
}

/** What a drill is bound to. Not to one run of it: a schedule starts the same drill again and again. */
export function boundOfDrill(said: DrillSaid): Bound {
  const { environment: env, runbook, digest, startedBy: by, timeScale, points } = said;
  const decision = { type: 'drill', timeScale, points: [...points] };
  return { env, rollout: scheduleIdOf(env, runbook), digest, by, decision };
}

const inWords = {
  env: 'environment',
  rollout: 'rollout',
  firstRun: 'first run',
  step: 'step',
  epoch: 'try',
  digest: 'plan',
  id: 'decision',
  by: 'name',
} as const;

/** Why what was signed is something else than what is asked for; undefined when it is the same. */
export function bindingFault(claims: Claims, asked: Bound): string | undefined {
  for (const [member, word] of Object.entries(inWords) as [keyof typeof inWords, string][]) {
    const [signed, wanted] = [claims[member], asked[member]];
    // A start is known by its rollout, whatever id its door gave it.
    if (signed === wanted || (member === 'id' && wanted === undefined)) continue;
    return `it was signed for ${word} ${signed ?? 'none'}, not ${wanted ?? 'none'}`;
  }
  if (canonicalJson(claims.decision) === canonicalJson(asked.decision)) return undefined;
  return `it was signed for ${canonicalJson(claims.decision).slice(0, 200)}, which is something else`;
}

/** Without the members that are undefined: they would be there for whoever looks at their names. */
function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members) as { [K in keyof T]: Exclude<T[K], undefined> };
}
