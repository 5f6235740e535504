import { setTimeout as sleep } from 'node:timers/promises';
import { writerOf } from '../files/owner.js';
import { observeShare, type ObservedShare } from '../probe/observe.js';
import type { ObserveOptions } from '../probe/options.js';
import { findFlag } from './document.js';
import { exposeKind, type ExposeInput } from './input.js';
import { lookAtStore } from './look.js';
import { readCapture } from './restore.js';
import { load, patiently, type StoreOptions } from './store.js';
import { areAlike, markOfArms, percentNow, sameTargeting, viewOf } from './view.js';
import type { Capture, Observed, Verification } from '../../src/engine/state/values.js';

/** How a flag is verified. */
interface VerifyOptions {
  /** Whose changes are our own. */
  readonly rollout: string;
  /** Milliseconds an application may take to notice a changed file. */
  readonly settle: number;
  readonly signal: AbortSignal;
}

/** Reads the file again and compares; asks the application too when nobody must get the candidate. */
export async function verifyExposure(
  input: ExposeInput,
  store: StoreOptions,
  capture: Capture,
  { rollout, settle, signal }: VerifyOptions,
): Promise<Verification> {
  const { percent: captured } = readCapture(capture);
  const read = await compareFile(input, store, capture, rollout);
  if (!read.verified || !store.observe || captured > 0) return read;
  const { asked, candidate } = await observeUntilNone(store.observe, settle, signal);
  const evidence = { ...read.evidence, asked, candidate };
  const name = `flag "${input.flag}" is as captured`;
  if (candidate === 0)
    return {
      verified: true,
      reason: `${name}, and none of ${asked} answers came from the candidate`,
      evidence,
    };
  // Who wrote the file while the application was asked is why it answers so: an operator has to hear of them.
  const now = await compareFile(input, store, capture, rollout);
  if (!now.verified) return now;
  const reason = `${name}, but ${candidate} of ${asked} answers still came from the candidate`;
  return { verified: false, reason, evidence };
}

/** Reads the file and compares the flag with its capture. */
async function compareFile(
  input: ExposeInput,
  store: StoreOptions,
  capture: Capture,
  rollout: string,
): Promise<Verification> {
  const captured = readCapture(capture);
  const { file, document } = await patiently(() => load(input.store, store));
  const flag = findFlag(document, input.flag);
  const name = `flag "${input.flag}"`;
  const facts = { file, flag: input.flag };
  const answer = (verified: boolean, reason: string, more: Verification['evidence'] = {}): Verification => {
    return { verified, reason, evidence: { ...facts, readAt: Date.now(), ...more } };
  };
  if (!flag) return answer(false, `${name} is not in ${file} any more`, { percent: 0 });

  const view = viewOf(flag);
  const percent = percentNow(input, view);
  if (!sameTargeting(view.targeting, captured.targeting)) {
    const share = percent === captured.percent ? `${percent} % by another rule` : `${percent} %`;
    const now = percent === undefined ? 'rules of its own' : share;
    const rule = `the targeting of ${name} is not the captured one: it has ${now}, captured were ${captured.percent} %`;
    const reason = `${rule}; ${file} was ${await writerOf(file)}`;
    const verification = answer(false, reason, { percent, targeting: view.targeting });
    // What this rollout wrote instead of the capture, so as to raise nothing, is no drift.
    if (await isAsLeft(input, store, capture, rollout)) return verification;
    return { ...verification, drift: { reason, ...(percent !== undefined && { percent }) } };
  }
  if (areAlike(input, flag)) {
    const rule = `${name} gives the same for "${input.candidate}" and "${input.baseline}", so everybody has the candidate`;
    return answer(false, `${rule}: its variants were changed`, { percent: 100 });
  }
  if (captured.arms !== undefined && captured.arms !== markOfArms(input, flag)) {
    const rule = `${name} gives something else for "${input.candidate}" or "${input.baseline}" than when it was captured`;
    const reason = `${rule}, so nobody can tell who has the candidate; ${file} was ${await writerOf(file)}`;
    return answer(false, reason, { percent });
  }
  if (percent === undefined || percent > captured.percent) {
    const rule = `${name} has its captured targeting, but exposes ${percent ?? 'an unknown share of'} % and not ${captured.percent} %`;
    return answer(false, `${rule}: its defaultVariant or state was changed`, { percent });
  }
  return answer(true, `${name} is as captured: ${percent} % get the candidate`, { percent });
}

async function isAsLeft(
  input: ExposeInput,
  store: StoreOptions,
  { target }: Capture,
  rollout: string,
): Promise<boolean> {
  const exposed = { target, action: { kind: exposeKind, input: { ...input } }, rollout };
  const [look] = await patiently(() => lookAtStore(input.store, store, [{ exposed, input }]));
  return look?.verdict === 'as-left';
}

/**
 * Ends when no answer of the application comes from the candidate any more; throws while some do. Where some had the
 * candidate before, or nobody says how to ask, there is nothing to find out.
 */
export async function observeUnserved(
  { flag }: ExposeInput,
  { observe }: StoreOptions,
  capture: Capture,
  settle: number,
  signal: AbortSignal,
): Promise<Observed> {
  if (!observe || readCapture(capture).percent > 0) return { asked: false, evidence: { flag } };
  const { asked, candidate } = await observeUntilNone(observe, settle, signal);
  if (candidate === 0) return { asked: true, evidence: { flag, asked, candidate } };
  throw new Error(
    `${candidate} of ${asked} answers still come from the candidate of flag "${flag}"; ` +
      'let the application read its flags again, or restart it',
  );
}

/** Applications that poll their flags see a change only after a while. */
async function observeUntilNone(
  options: ObserveOptions,
  settle: number,
  signal: AbortSignal,
): Promise<ObservedShare> {
  const until = performance.now() + settle;
  for (;;) {
    const observed = await observeShare(options, signal);
    if (observed.candidate === 0 || performance.now() >= until) return observed;
    await sleep(250, undefined, { signal });
  }
}
