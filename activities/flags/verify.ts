import { setTimeout as sleep } from 'node:timers/promises';
import type { Capture, Verification } from '../../src/engine/ports.js';
import { observeShare, type ObservedShare } from '../probe/observe.js';
import type { ObserveOptions } from '../probe/options.js';
import { findFlag } from './document.js';
import type { ExposeInput } from './input.js';
import { readCapture } from './restore.js';
import { loadPatiently, type StoreOptions } from './store.js';
import { percentNow, sameTargeting, viewOf } from './view.js';

/** Reads the file again and compares; asks the application too when nobody must get the candidate. */
export async function verifyExposure(
  input: ExposeInput,
  store: StoreOptions,
  capture: Capture,
  settle: number,
  signal: AbortSignal,
): Promise<Verification> {
  const captured = readCapture(capture);
  const { file, document } = await loadPatiently(input.store, store);
  const flag = findFlag(document, input.flag);
  const name = `flag "${input.flag}"`;
  const facts = { file, flag: input.flag };
  const answer = (verified: boolean, reason: string, more: Verification['evidence'] = {}): Verification => {
    return { verified, reason, evidence: { ...facts, ...more } };
  };
  if (!flag) return answer(false, `${name} is not in ${file} any more`, { percent: 0 });

  const view = viewOf(flag);
  const percent = percentNow(input, view);
  if (!sameTargeting(view.targeting, captured.targeting)) {
    const now = percent === undefined ? 'rules of its own' : `${percent} %`;
    return answer(
      false,
      `the targeting of ${name} is not the captured one: it has ${now}, captured were ${captured.percent} %`,
      {
        percent,
        targeting: view.targeting,
      },
    );
  }
  if (percent === undefined || percent > captured.percent) {
    const rule = `${name} has its captured targeting, but exposes ${percent ?? 'an unknown share of'} % and not ${captured.percent} %`;
    return answer(false, `${rule}: its defaultVariant or state was changed`, { percent });
  }
  if (!store.observe || captured.percent > 0) {
    return answer(true, `${name} is as captured: ${percent} % get the candidate`, { percent });
  }
  const observed = await observeUntilNone(store.observe, settle, signal);
  return answer(
    observed.candidate === 0,
    observed.candidate === 0
      ? `${name} is as captured, and none of ${observed.asked} answers came from the candidate`
      : `${name} is as captured, but ${observed.candidate} of ${observed.asked} answers still came from the candidate`,
    { percent, asked: observed.asked, candidate: observed.candidate },
  );
}

/** Applications that poll their flags see a change only after a while. */
async function observeUntilNone(
  options: ObserveOptions,
  settle: number,
  signal: AbortSignal,
): Promise<ObservedShare> {
  const until = Date.now() + settle;
  for (;;) {
    const observed = await observeShare(options, signal);
    if (observed.candidate === 0 || Date.now() >= until) return observed;
    await sleep(250, undefined, { signal });
  }
}
