import { randomUUID } from 'node:crypto';
import {
  boundOfDecision,
  boundOfDrill,
  boundOfLocksDecision,
  boundOfStart,
  boundOfTakeBack,
  type Bound,
  type DrillSaid,
  type Shown,
  type StartSaid,
  type TakeBackSaid,
} from '../../../src/identity/claims.js';
import type { DecisionRequest, Proof } from '../../../src/engine/state/messages.js';
import type { LocksRequest } from '../../../src/protocol/locks.js';
import type { DoorKey } from '../../../activities/identity/door-key.js';
import { sign } from '../../../activities/identity/sign.js';

/** Who decides, and by which proof a door knows them. */
export interface Known {
  readonly name: string;
  readonly proof: Proof;
}

/** Vouches for what somebody decided, whom this door knows by what they showed. */
export interface Signer {
  decision(caller: Known, about: About, request: DecisionRequest): Promise<string>;
  locks(caller: Known, request: LocksRequest): Promise<string>;
  start(caller: Known, rollout: string, said: StartSaid): Promise<string>;
  takeBack(caller: Known, rollout: string, said: TakeBackSaid): Promise<string>;
  drill(caller: Known, said: DrillSaid): Promise<string>;
}

/** Which rollout, and which of those that had its id. */
interface About {
  readonly rollout: string;
  readonly firstRun: string;
  /** The newest number of its journal, where the decision is bound to no epoch. */
  readonly seen?: number;
  /** What somebody had before their eyes when they decided, where a door can say it. */
  readonly shown?: Shown;
}

/** Seconds for which it counts: enough for a worker that is being started, and less than the 15 minutes that are allowed. */
const counts = 600;

/** Signs as a door of an environment, with its own key. */
export function createSigner(
  { environment, door }: { readonly environment: string; readonly door: string },
  key: DoorKey,
  now: () => number = Date.now,
): Signer {
  async function vouch(
    caller: Known,
    bound: Bound,
    saw: Pick<About, 'seen' | 'shown'> = {},
  ): Promise<string> {
    const iat = Math.floor(now() / 1_000);
    const { id = randomUUID() } = bound;
    const { name: submittedBy, proof } = caller;
    const vouched = { id, proof, via: door, submittedBy, iat, exp: iat + counts };
    const { seen, shown } = saw;
    return sign({ ...bound, ...vouched, ...(seen !== undefined && { seen }), ...(shown && { shown }) }, key);
  }
  return {
    decision: (caller, { rollout, firstRun, ...saw }, request) =>
      vouch(caller, boundOfDecision({ env: environment, rollout, firstRun }, request), saw),
    locks: (caller, request) => vouch(caller, boundOfLocksDecision(environment, request)),
    start: (caller, rollout, said) => vouch(caller, boundOfStart(environment, rollout, said)),
    takeBack: (caller, rollout, said) => vouch(caller, boundOfTakeBack(environment, rollout, said)),
    drill: (caller, said) => vouch(caller, boundOfDrill(said)),
  };
}
