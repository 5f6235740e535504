import { Refusal } from '../../src/engine/base/errors.js';
import { canonicalJson } from '../../src/engine/base/json.js';
import type { Act, Action } from '../../src/engine/plan/plan.js';
import type { Adapter, Work } from '../../src/protocol/adapter.js';
import { readObservation } from '../probe/options.js';
import { applyExposure, fenceExposure, undoExposure } from './apply.js';
import { checkExposure } from './check.js';
import { requireFlag } from './document.js';
import { requirePercent } from './fit.js';
import { readExpose, type ExposeInput } from './input.js';
import { readCapture, restoreExposure } from './restore.js';
import { inSession, type Session } from './session.js';
import { load, type StoreOptions } from './store.js';
import { lookThrough } from './eyes.js';
import { markOfArms, percentNow, viewOf } from './view.js';
import { observeUnserved, verifyExposure } from './verify.js';
import type { Capture, EffectKey, Verification } from '../../src/engine/state/values.js';

/** Settings of the flags adapter. */
export interface FlagsOptions {
  /** By the name that plans use. */
  readonly stores: { readonly [store: string]: StoreOptions };
  /** Milliseconds an application may take to notice a changed file before `verify` says no; 10 seconds when absent. */
  readonly settle?: number;
  /** Milliseconds that marks of a rollout are kept after its last change; 90 days when absent. */
  readonly keepFor?: number;
}

const day = 86_400_000;

/**
 * Exposes flags in flagd files (`flags.expose`). Of a flag it owns the member `targeting` alone: state and default
 * stay their team's, and with them the switch that turns a flag off by hand.
 */
export function createFlagsAdapter({ stores, settle = 10_000, keepFor = 90 * day }: FlagsOptions): Adapter {
  const names = Object.keys(stores);
  for (const { observe } of Object.values(stores)) if (observe) readObservation(observe);
  const storeOf = ({ store }: ExposeInput) => stores[store]!;

  function locked<T>(
    input: ExposeInput,
    work: Work,
    wayBack: boolean,
    effect: (session: Session) => Promise<T>,
  ) {
    const options = { signal: work.signal, keepFor, wayBack };
    about(work, input);
    return inSession(input.store, storeOf(input), options, effect);
  }

  return {
    name: 'flags',

    async check(act: Act, work: Work, acts: readonly Act[] = [act]) {
      const input = readExpose(act, act.do, names);
      if (act.undo.type === 'act') requireWayBack(act, input, readExpose(act, act.undo.do, names));
      about(work, input);
      return checkExposure(input, storeOf(input), work.signal, acts);
    },

    async read(act: Act) {
      const input = readExpose(act, act.do, names);
      const { document } = await load(input.store, storeOf(input));
      const flag = requireFlag(document, input.flag);
      requirePercent(`${document.file}: flag "${input.flag}"`, flag, input);
      return {
        targeting: flag.targeting,
        percent: percentNow(input, viewOf(flag)),
        arms: markOfArms(input, flag),
      };
    },

    async apply(act: Act, key: EffectKey, work: Work) {
      const input = readExpose(act, act.do, names);
      return locked(input, work, false, (session) => applyExposure(session, input, key));
    },

    async undo(act: Act, action: Action, key: EffectKey, work: Work) {
      const input = readExpose(act, action, names);
      return locked(input, work, true, (session) => undoExposure(session, input, key));
    },

    async restore(act: Act, capture: Capture, key: EffectKey, work: Work) {
      const input = readExpose(act, act.do, names);
      requireSameTarget(act, capture);
      return locked(input, work, true, (session) => restoreExposure(session, input, capture, key));
    },

    async observe(act: Act, capture: Capture, work: Work) {
      requireSameTarget(act, capture);
      const input = readExpose(act, act.do, names);
      about(work, input);
      return observeUnserved(input, storeOf(input), capture, settle, work.signal);
    },

    async fence(act: Act, key: EffectKey, work: Work) {
      const input = readExpose(act, act.do, names);
      return locked(input, work, true, (session) => fenceExposure(session, input, key));
    },

    byHand(act: Act, capture: Capture) {
      const { store, flag } = readExpose(act, act.do, names);
      const { targeting } = readCapture(capture);
      const put =
        targeting === undefined ? 'remove "targeting"' : `set "targeting" to ${canonicalJson(targeting)}`;
      return `by hand: in ${stores[store]!.file}, flag ${JSON.stringify(flag)}, ${put}`;
    },

    async verify(acts: readonly Act[], capture: Capture, { rollout }: EffectKey, work: Work) {
      let verification: Verification | undefined;
      for (const act of acts) {
        requireSameTarget(act, capture);
        const input = readExpose(act, act.do, names);
        if (verification && sameArms(input, readExpose(acts[0]!, acts[0]!.do, names))) continue;
        about(work, input);
        const how = { rollout, settle, signal: work.signal };
        verification = await verifyExposure(input, storeOf(input), capture, how);
        if (!verification.verified) return verification;
      }
      if (verification) return verification;
      throw new Refusal(
        `verification of ${capture.target}`,
        'names no acts',
        'give the acts that touched the target',
      );
    },

    look: lookThrough(stores),
  };
}

/** Says which flag it is about, should it take longer: a lock may have to be waited for, an application may be slow. */
function about(work: Work, { store, flag }: ExposeInput): void {
  work.heartbeat({ store, flag });
}

function requireWayBack(act: Act, there: ExposeInput, back: ExposeInput): void {
  if (sameArms(there, back) && back.percent <= there.percent) return;
  const rule = `is undone by ${back.percent} % of ${back.candidate} in ${back.store}, which does not take it back`;
  throw new Refusal(`step ${act.id}`, rule, 'undo with the same store and variants and no higher percent');
}

function requireSameTarget(act: Act, capture: Capture): void {
  if (act.target === capture.target) return;
  throw new Refusal(
    `step ${act.id}`,
    `touches ${act.target}, but the capture is of ${capture.target}`,
    'give its own',
  );
}

function sameArms(a: ExposeInput, b: ExposeInput): boolean {
  return a.store === b.store && a.candidate === b.candidate && a.baseline === b.baseline;
}
