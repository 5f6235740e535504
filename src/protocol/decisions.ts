import type { Provenance } from '../engine/state/journal.js';
import type { DecisionRequest, Principal } from '../engine/state/messages.js';
import type { Plan } from '../engine/plan/plan.js';
import type { Reverts } from '../engine/state/reverts.js';

/** Who somebody is, or why they may not decide. */
export type Authorisation =
  | {
      readonly principal: Principal;
      /** A door has signed it, and that counts here: it is kept with the decision. */
      readonly signed?: true;
      /** The newest number of the journal that whoever decided had seen, as the door says. */
      readonly seen?: number;
      /** The people behind the start; absent where no more than names are known. */
      readonly starters?: readonly string[];
      /** The configuration as it is now cannot be read: this one is older, and why. */
      readonly olderPolicy?: string;
    }
  | { readonly refused: string };

/** When a request was heard, in Unix ms; whoever sends it cannot say so. Absent from an older build. */
export interface Heard {
  readonly heardAt?: number;
}

/** Decisions whose makers are to be found out, and what they are about. */
export interface Authorising {
  readonly environment: string;
  readonly requests: readonly (DecisionRequest & Heard)[];
  /** Absent from an older build. */
  readonly rollout?: string;
  readonly firstRun?: string;
  readonly fromFile?: true;
  /** Who started it, and for whom: whose eyes the start was seen with. Absent from an older build. */
  readonly startedBy?: string;
  readonly askedFor?: string;
}

/** A start of a shared environment, as it came: whether it counts is found out before anything else is done. */
export type Starting = {
  readonly rollout: string;
  readonly firstRun: string;
  /** When the server took it, in Unix ms. */
  readonly at: number;
  readonly startedBy: string;
  readonly askedFor?: string;
  readonly fromFile?: true;
  readonly signed: string;
  readonly wait?: false;
} & ({ readonly plan: Plan; readonly digest: string } | { readonly reverts: Reverts });

/** How a start came that counts, or why it does not. */
export type Admission = { readonly start: Provenance } | { readonly refused: string };

/** Why a decision is refused that came while its run was ending: in a moment the next one answers. */
export const askAgain = 'it goes on in a new run just now: ask again';
