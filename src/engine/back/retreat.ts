import { firstExposureOf, stepsOf } from '../plan/plan.js';
import { dropWhatIsOpen, notify, record, startedActs, stepState, type Run } from '../state/run.js';
import type { Retreating } from '../state/state.js';
import { recollect } from './recollect.js';
import { Halt, type Retreat } from '../state/interruptions.js';
import { subscribe } from '../listen/subscription.js';
import { haltWhenAsked } from './halt-asked.js';
import { undoActs } from './undo-acts.js';
import { verifyTargets } from './verify.js';

/**
 * Takes exposure, and every act since the first exposure, back; what was done before stays. The steps since then are
 * to be done again, each under an epoch above all there were: nothing of the first climb counts for the second, and
 * adapters can tell a late try of the first from the second, whichever step it is of.
 */
export async function retreat(run: Run): Promise<void> {
  const { state, plan } = run;
  const { retreating } = state;
  if (!retreating) return;
  await recollect(run);
  const steps = stepsOf(plan).map(({ step }) => step);
  const first = firstExposureOf(plan);
  const from = first ? steps.findIndex(({ id }) => id === first.id) : steps.length;
  const climbed = steps.slice(from);
  const ids = new Set(climbed.map(({ id }) => id));
  const undone = startedActs(run)
    .filter(({ id }) => ids.has(id))
    .reverse();
  if (undone.length === 0) return goOn(run, retreating);
  await undoActs(run, retreating, undone, {
    begun: () => tell(run, retreating),
    exposureRestored: () => undefined,
  });
  const exposed = undone.flatMap(({ exposure, target }) => (exposure ? [target] : []));
  const unverified = await verifyTargets(run, retreating, [...new Set(exposed)]);
  await haltWhenAsked(run, 'the end of its retreat');
  if (unverified.length > 0) throw new Halt(`still exposed: ${unverified.join(', ')}`);

  // What an operator skipped may still be there: its undo stays registered.
  state.started = state.started.filter((id) => stepState(run, id).status !== 'undone');
  const epoch = 1 + Math.max(...Object.values(state.steps).map((step) => step.epoch));
  for (const { id } of climbed) state.steps[id] = { status: 'pending', epoch };
  state.cursor = Math.min(state.cursor, from);
  delete state.exposedFrom;
  delete state.approvalVoided;
  delete state.retreating;
  record(run, 'retreated', `nobody is exposed; it climbs again from ${first?.id ?? 'the end'}`);
  await subscribe(run, 0);
}

/** After a reset that nobody was exposed before: only what was under way has to end first. */
async function goOn(run: Run, retreating: Retreating): Promise<void> {
  const nothing = () => undefined;
  await undoActs(run, retreating, [], { begun: nothing, exposureRestored: nothing });
  await haltWhenAsked(run, 'the end of its retreat');
  delete run.state.retreating;
  record(run, 'retreated', 'nobody was exposed: it goes on where it was');
}

/** Begins a retreat that somebody asked for; what is open now does not count any more. */
export function beginRetreat(run: Run, { by, reason }: Retreat): Retreating {
  const { state, effects } = run;
  dropWhatIsOpen(run);
  state.retreating = { since: effects.now(), by, reason, verified: {} };
  record(run, 'retreating', reason, { by });
  return state.retreating;
}

function tell(run: Run, retreating: Retreating): void {
  if (retreating.told) return;
  retreating.told = true;
  notify(run, 'incident', `exposure goes back to zero: ${retreating.by}: ${retreating.reason}`, {
    kind: 'rolling-back',
  });
}
