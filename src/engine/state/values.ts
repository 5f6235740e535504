import type { JsonObject } from '../base/json.js';
import type { Guard, Target, Verdict } from '../plan/plan.js';
import type { Exposed, Drift } from './look.js';

/** What makes an effect idempotent: the same key again changes nothing again. */
export interface EffectKey {
  readonly rollout: string;
  readonly step: string;
  /** Which try of the step this is, from 0. */
  readonly epoch: number;
}

/** A target's state as an adapter reads it: opaque to the engine, serialisable, equal when nothing changed. */
export interface Capture {
  readonly target: Target;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: JsonObject;
}

/** What a verb found out, for the journal and for people. */
export type Findings = JsonObject;

/** One guard as the sentinel saw it last. */
export interface GuardReading {
  readonly guard: string;
  readonly verdict: Verdict;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** In one sentence, with the numbers. */
  readonly reason: string;
  /** The metric of the arm under judgement; absent without evidence. */
  readonly value?: number;
  /** The metric of the baseline arm, where there is one. */
  readonly baseline?: number;
  /** What the guard cannot see, and so never fails by; absent when nothing of the kind is known. */
  readonly blindSpots?: readonly string[];
  /** Its source could not be read, or says nothing of now: that is no fault of the rollout's. */
  readonly unread?: true;
}

/** What a rollout asks the sentinel to watch. */
export interface Subscription {
  readonly rollout: string;
  /** Raised at each new subscription of the rollout: readings for an older one are stale. */
  readonly number: number;
  readonly guards: readonly Guard[];
  /** The oldest subscription whose readings count as this one's: it only asks again for what that one asked for. */
  readonly continues?: number;
  /** Percent exposed: at 0 the baseline arm is judged, at 100 there is no baseline left. */
  readonly percent: number;
  /** Milliseconds since the epoch: nothing measured before it counts. */
  readonly since: number;
  /** The baseline's value of each guard, kept for relative guards at 100 %. */
  readonly recorded: { readonly [guard: string]: number };
  /** The targets that are looked at themselves; absent before the first exposure. */
  readonly exposed?: readonly Exposed[];
}

/** The evidence of a window, judged. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Guards with a `fail` anywhere in the window. */
  readonly failed: readonly string[];
  /** Milliseconds of the window for which every guard has good evidence. */
  readonly covered: number;
  /** Median of the baseline's values in the window, by guard. */
  readonly recorded: { readonly [guard: string]: number };
  /** The newest reading of each guard in the window. */
  readonly last: readonly GuardReading[];
}

/** What the application itself says of whom it serves the candidate. */
export interface Observed {
  /** False where the environment does not say how it can be asked. */
  readonly asked: boolean;
  readonly evidence: Findings;
}

/** Whether the world is as it was captured, read again. */
export interface Verification {
  readonly verified: boolean;
  readonly reason: string;
  readonly evidence: Findings;
  /** What people have to hear although it is as captured. */
  readonly toTell?: string;
  /** Somebody else wrote the target after it was put back: putting it back again may help. */
  readonly drift?: Drift;
}

/** What a check found. */
export interface Checked {
  /** A member `warnings`, a list of texts, is told to people before anything is done. */
  readonly evidence: Findings;
  /** Absent where nothing of it holds. */
  readonly house?: House;
}

/** What holds for every rollout of an environment, whatever its plan says. */
export interface House {
  /** Only signed decisions count, and people are known by more than their names. */
  readonly shared?: true;
  /** There are calendars, which may keep this runbook from starting and raising. */
  readonly calendars?: true;
  /** A plan is promoted only when drills have proven its way back. */
  readonly drills?: true;
}

/** What drills prove of a plan's way back, by what an environment asks of them. */
export interface DrillProof {
  /** Nothing that the environment asks for is missing. */
  readonly proven: boolean;
  /** What is missing, with how to prove it; or what is proven. */
  readonly reason: string;
  /** 0 to 1. */
  readonly coverage: number;
  /** The end of the oldest drill that it rests on, in milliseconds since the epoch. Absent where nothing is proven. */
  readonly drilledAt?: number;
  /** The longest time to restore of a point it rests on, in milliseconds. */
  readonly worst?: number;
  /** What was seen not to come back, in a sentence. */
  readonly broken?: string;
}

/** Whether a rollout may start, raise exposure, and promote at a time. */
export type Window =
  /** @param until when the next freeze begins, in milliseconds since the epoch; absent when none is known */
  | { readonly open: true; readonly until?: number; readonly proof?: DrillProof }
  | { readonly open: false; readonly reason: string; readonly until?: number }
  /** Drills have not proven the way back, as the environment asks. */
  | { readonly open: false; readonly reason: string; readonly undrilled: true; readonly proof?: DrillProof }
  /** Nobody can tell: then it is not open. */
  | { readonly open: false; readonly reason: string; readonly unreadable: true };

/** What a rollout has done, as the records tell it, whatever its history still says. */
export interface Past {
  /** Acts that may have had an effect, in order of start. */
  readonly started: readonly string[];
  /** The newest try of each step that had begun. */
  readonly epochs: { readonly [step: string]: number };
  readonly captures: readonly Capture[];
  /** What its scope was, whatever the plan called it; absent where an older build did not find it out. */
  readonly things?: Things;
  /** Why there is no going on: it had ended, or passed the point of no return. */
  readonly over?: string;
  /** Why it was taking everything back. */
  readonly unwinding?: string;
  /** Absent where nothing of it holds. */
  readonly house?: House;
}

/** What restoring did. */
export interface Restored {
  /** What a stranger had changed in the fields we own, in words. */
  readonly drift?: string;
  readonly evidence: Findings;
}

/** What targets are, whatever they are called; a target that has one name only is not in it. */
export interface Things {
  readonly [target: Target]: readonly string[];
}

/** The whole scope of a rollout, asked for at once: it is granted whole or not at all. */
export interface LockRequest {
  readonly rollout: string;
  /** Whom to ask when another rollout waits for it. */
  readonly owner: string;
  readonly scope: readonly Target[];
  /** What the scope is, as it was found out; absent where that could not be, and by an older build. */
  readonly things?: Things;
  /** Whether to stand in line while another rollout holds a part of it. */
  readonly wait: boolean;
  /** Only asks whether it has the scope already; refused when it has not. */
  readonly holds?: true;
  /** The ended rollout that this one takes back: its orphaned lock passes over. */
  readonly reverts?: string;
}

/** What became of a request for a scope. */
export type LockAnswer =
  | { readonly status: 'granted' }
  /** In line behind those who hold, or have asked before for, a conflicting target. */
  | {
      readonly status: 'queued';
      readonly behind: readonly {
        readonly rollout: string;
        readonly owner: string;
        readonly target: Target;
        /** What the other one calls it, when that is another name. */
        readonly as?: Target;
        /** Its workflow was ended from outside: it waits for a take-over. */
        readonly orphaned?: true;
      }[];
    }
  | { readonly status: 'refused'; readonly reason: string };

export type OutcomeType = 'completed' | 'rolled-back' | 'halted' | 'refused';

/** What somebody is called about, for whoever sorts or joins notices. */
export type IncidentKind =
  /** Everything is taken back. */
  | 'rolling-back'
  /** It cannot go on, or back, without a person. */
  | 'needs-operator'
  /** It is back as it was, and the baseline is not seen to be well. */
  | 'unconfirmed'
  /** Somebody else changed what the rollout owns. */
  | 'drift'
  /** The workflow was ended from outside: nobody takes back what it did. */
  | 'orphan'
  /** Nobody watches, while people have the candidate. */
  | 'blind'
  /** Exposure that was to be taken back is still there. */
  | 'still-exposed'
  /** A guard failed, and the rollout does not act on it. */
  | 'breach-not-taken'
  /** A rollout with people exposed stands still in Temporal. */
  | 'stands-still'
  /** Temporal cannot be reached, or takes nothing. */
  | 'temporal-silent';

/** Something people are told. */
export interface Notice {
  readonly rollout: string;
  /** `incident` calls someone; `question` wants an answer; `news` informs. */
  readonly urgency: 'news' | 'question' | 'incident';
  readonly text: string;
  readonly kind?: IncidentKind;
  /** Percent of users that may have the candidate. */
  readonly exposure?: number;
  /** Who owns the rollout: a group. */
  readonly owner?: string;
  /** How it ended; absent while it goes on, also while it waits. */
  readonly outcome?: OutcomeType;
  /** Rolled back and verified, but nobody has seen the baseline to be well. */
  readonly unconfirmed?: true;
  /** The source of measurements that is to blame, alone: whoever reads it has the same trouble. */
  readonly source?: string;
  /** Whom it is for; whoever is told of everything when absent. */
  readonly to?: readonly string[];
  /** What to do, a line for each way, where it is more than to answer the rollout. */
  readonly todo?: readonly string[];
}
