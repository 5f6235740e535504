import { attended, listen, rest } from './attention.js';
import type { LockRequest } from './ports.js';
import { record, type Run } from './run.js';
import { Stop } from './stop.js';

/** Milliseconds after which a rollout in line asks again: whoever keeps the line may have lost it. */
const askAgainAfter = 3_600_000;

/** Acquires the plan's whole scope before anything is read or changed; stands in line, visibly, while another has it. */
export async function acquireScope(run: Run): Promise<void> {
  const { state } = run;
  // A plan that touches nothing has nothing to share.
  if (state.lock?.status === 'granted' || run.plan.scope.length === 0) return;
  await ask(run);
  for (let asked = run.effects.now(); lockOf(run)?.status === 'queued';) {
    await rest(run, asked + askAgainAfter);
    if (run.effects.now() < asked + askAgainAfter || lockOf(run)?.status !== 'queued') continue;
    await ask(run);
    asked = run.effects.now();
  }
  const lock = lockOf(run);
  if (lock?.status === 'granted') {
    record(run, 'scope-acquired', run.plan.scope.join(', '));
    return;
  }
  throw new Stop({ type: 'no-scope', reason: lock?.status === 'refused' ? lock.reason : 'not answered' });
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
    wait: state.wait ?? true,
    ...(state.takesBack && { takesBack: state.takesBack.rollout }),
  };
}

async function ask(run: Run): Promise<void> {
  const { state, effects, plan } = run;
  const before = state.lock;
  const result = await attended(run, effects.perform('acquire', requestOf(run), plan.deadlines.preflight));
  if (!result.ok) throw new Stop({ type: 'no-scope', reason: `it could not be asked for: ${result.error}` });
  // A signal that came meanwhile is newer than the answer.
  if (state.lock === before) state.lock = result.value;
  if (before === undefined && state.lock?.status === 'queued') {
    const { behind } = state.lock;
    record(
      run,
      'queued',
      behind.map(({ rollout, owner, target }) => `${target}: ${rollout} (${owner})`).join(', '),
    );
  }
}

/** Gives the scope back; tried for long, for everybody behind waits for it. */
export async function releaseScope(run: Run): Promise<void> {
  const { state, effects, plan } = run;
  // Asked for and not answered it may be held all the same.
  if (plan.scope.length === 0 || state.lock?.status === 'refused') return;
  const handsBack = state.takesBack !== undefined && state.outcome?.type !== 'rolled-back';
  const given = { rollout: state.rollout, ...(handsBack && { handsBack: true as const }) };
  const running = effects.perform('release', given, plan.deadlines.undo);
  while (!running.result) await listen(run, undefined, running);
}

/** Read anew: messages change it while the rollout waits. */
function lockOf({ state }: Run): Run['state']['lock'] {
  return state.lock;
}
