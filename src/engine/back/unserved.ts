import type { WayBack } from './contested.js';
import { answered } from './raised-again.js';
import { haltWhenAsked } from './halt-asked.js';
import { askOperator } from '../listen/operator.js';
import type { Act, Target } from '../plan/plan.js';
import type { Result } from '../state/ports.js';
import type { Observed } from '../state/values.js';
import { keyOf, notify, record, stepState, type Run } from '../state/run.js';
import { Halt } from '../state/interruptions.js';

/** Milliseconds by which an application may be later than its drain says before somebody is called. */
const callAfter = 30_000;

/**
 * Waits until the application itself says that it serves the candidate to nobody, where it can be asked. Whatever the
 * flag says by now, one that still serves it would lose what it writes, or fail, once that is taken away. Somebody is
 * called after a while, and an operator decides when it takes too long.
 */
export async function untilUnserved(run: Run, progress: WayBack, undone: readonly Act[]): Promise<void> {
  if (!undone.some((act) => takesFromCandidate(run, act))) return;
  const newest = new Map<Target, Act>();
  for (const act of undone) if (act.exposure && !newest.has(act.target)) newest.set(act.target, act);
  for (const act of newest.values()) {
    const asked = (progress.unserved ??= []);
    if (asked.includes(act.target)) continue;
    progress.asking = { target: act.target, since: run.effects.now() };
    await untilNobodyIsServed(run, progress, act);
    delete progress.asking;
    asked.push(act.target);
  }
}

/** What is undone with an effect, and is not exposure, may be what the candidate stands on. */
function takesFromCandidate(run: Run, act: Act): boolean {
  if (act.exposure || act.removesFromBaseline) return false;
  const { status } = stepState(run, act.id);
  return ['act', 'restore'].includes(act.undo.type) && status !== 'undone' && status !== 'skipped';
}

async function untilNobodyIsServed(run: Run, progress: WayBack, act: Act): Promise<void> {
  const { state, plan } = run;
  const step = `unserved/${act.target}`;
  let problem = state.stuck?.step === step ? state.stuck.problem : undefined;
  for (;;) {
    if (problem === undefined) {
      let result = await observe(run, progress, act, Math.min(callAfter, plan.deadlines.undo));
      if (!result.ok) {
        call(run, act, result.error);
        result = await observe(run, progress, act, plan.deadlines.undo);
      }
      if (result.ok) return sayUnserved(run, act, result.value);
      problem = `nobody can say that ${act.target} is served to nobody any more: ${result.error}`;
    }
    const { choice, by, reason } = await askOperator(run, {
      step,
      problem,
      choices: ['retry', 'skip', 'halt'],
    });
    if (choice === 'halt') throw new Halt(`${by} halted the rollback at ${step}: ${reason}`);
    if (choice === 'skip') {
      record(run, 'unserved', `${act.target}: not waited for any longer by ${by}: ${reason}`, { by });
      return;
    }
    problem = undefined;
  }
}

/** As an undo, so that whoever halts the rollback need not wait for its end. */
async function observe(run: Run, progress: WayBack, act: Act, within: number): Promise<Result<Observed>> {
  const { effects, state, underWay } = run;
  await haltWhenAsked(run, act.id);
  const capture = state.captures[act.target];
  if (!capture) throw new TypeError(`${act.target} was captured before its first act`);
  const running = effects.perform('observe', { act, capture, key: keyOf(run, act.id) }, within);
  underWay.undos.add(running);
  const result = await answered(run, progress, running);
  underWay.undos.delete(running);
  if (!result.ok) await haltWhenAsked(run, act.id);
  return result;
}

function call(run: Run, { id, target }: Act, problem: string): void {
  record(run, 'still-served', `${target}: ${problem}`, { step: id });
  notify(
    run,
    'incident',
    `${target} went back, but the candidate may still be served, so nothing that it needs is taken away: ${problem}`,
  );
}

function sayUnserved(run: Run, { id, target }: Act, { asked, evidence }: Observed): void {
  const found = asked
    ? 'the application serves the candidate to nobody any more'
    : 'the application cannot be asked: only the drain was waited for';
  record(run, 'unserved', `${target}: ${found}`, { step: id, evidence });
}
