import { attended, listen, rest } from './attention.js';
import { called } from '../state/called.js';
import { record, type Run } from '../state/run.js';
import { RollBack } from '../state/interruptions.js';
import type { LockRequest } from '../state/values.js';

/** Milliseconds after which a rollout in line asks again: whoever keeps the line may have lost it. */
const askAgainAfter = 3_600_000;

/** Acquires the plan's whole scope before anything is read or changed; stands in line, visibly, while another has it. */
export async function acquireScope(run: Run): Promise<void> {
  const { state } = run;
  // A plan that touches nothing has nothing to share.
  if (state.lock?.status === 'granted' || run.plan.scope.length === 0) return;
  await resolveScope(run);
  await ask(run);
  for (let asked = run.effects.now(); lockOf(run)?.status === 'queued';) {
    if (!state.lockMayHaveChanged) await rest(run, asked + askAgainAfter);
    if (run.effects.now() < asked + askAgainAfter && !state.lockMayHaveChanged) continue;
    await ask(run);
    asked = run.effects.now();
  }
  const lock = lockOf(run);
  if (lock?.status === 'granted') {
    const evidence = state.things && { things: { ...state.things } };
    record(run, 'scope-acquired', run.plan.scope.join(', '), { ...(evidence && { evidence }) });
    return;
  }
  throw new RollBack({ type: 'no-scope', reason: lock?.status === 'refused' ? lock.reason : 'not answered' });
}

/** Milliseconds for each look at the world before it is changed: whoever started the rollout still sits there. */
export const lookWithin = 20_000;
/** Milliseconds after which one that takes another back goes on without it. */
const brieflyEnough = 5_000;

/**
 * Finds out what the scope is, whatever the plan calls it: two names for one table are one target. Nothing is granted to
 * a name of which that cannot be found out, but to whoever takes another back: somebody may be exposed meanwhile.
 */
async function resolveScope(run: Run): Promise<void> {
  const { state, effects, plan } = run;
  if (state.things) return;
  const within = Math.min(state.reverts ? brieflyEnough : lookWithin, plan.deadlines.preflight);
  const result = await attended(run, effects.perform('resolve', { scope: plan.scope }, within));
  if (result.ok) state.things = result.value;
  else if (!state.reverts) {
    throw new RollBack({ type: 'no-scope', reason: `it cannot be found out what it names: ${result.error}` });
  }
}

/** Asks whether the scope that it had is its own still, and answers why not: it may have passed to somebody else. */
export async function whyNotHeld(run: Run): Promise<string | undefined> {
  const { effects, plan } = run;
  if (plan.scope.length === 0) return undefined;
  const request: LockRequest = { ...requestOf(run), holds: true };
  const result = await attended(run, effects.perform('acquire', request, plan.deadlines.preflight));
  if (!result.ok) return `it could not be asked for: ${result.error}`;
  switch (result.value.status) {
    case 'granted':
      return undefined;
    case 'queued':
      return 'it stands in line for it';
    case 'refused':
      return result.value.reason;
  }
}

function requestOf({ state, plan }: Run): LockRequest {
  return {
    rollout: state.rollout,
    owner: plan.owner,
    scope: plan.scope,
    ...(state.things && { things: state.things }),
    wait: state.wait ?? true,
    ...(state.reverts && { reverts: state.reverts.rollout }),
  };
}

async function ask(run: Run): Promise<void> {
  const { state, effects, plan } = run;
  const before = state.lock;
  // What is said from now on may be newer than the answer.
  delete state.lockMayHaveChanged;
  const result = await attended(run, effects.perform('acquire', requestOf(run), plan.deadlines.preflight));
  if (!result.ok)
    throw new RollBack({ type: 'no-scope', reason: `it could not be asked for: ${result.error}` });
  state.lock = result.value;
  if (before === undefined && state.lock?.status === 'queued') {
    const { behind } = state.lock;
    record(
      run,
      'queued',
      behind
        .map(({ rollout, owner, target, as }) => `${called(target, as)}: ${rollout} (${owner})`)
        .join(', '),
    );
  }
}

/** Gives the scope back; tried for long, for everybody behind waits for it. */
export async function releaseScope(run: Run): Promise<void> {
  const { state, effects, plan } = run;
  // Asked for and not answered it may be held all the same.
  if (plan.scope.length === 0 || state.lock?.status === 'refused') return;
  const handsBack = state.reverts !== undefined && state.outcome?.type !== 'rolled-back';
  const given = { rollout: state.rollout, ...(handsBack && { handsBack: true as const }) };
  const running = effects.perform('release', given, plan.deadlines.undo);
  while (!running.result) await listen(run, undefined, running);
}

/** Read anew: messages change it while the rollout waits. */
function lockOf({ state }: Run): Run['state']['lock'] {
  return state.lock;
}
