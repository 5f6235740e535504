import { listen, rest } from '../listen/attention.js';
import { openQuestion } from '../listen/operator.js';
import type { Act, Target } from '../plan/plan.js';
import type { Running } from '../state/ports.js';
import type { Restored } from '../state/values.js';
import { notify, stepState, type Run } from '../state/run.js';
import type { Retreating, Unwinding } from '../state/state.js';
import { callStillExposed, sayBack } from '../listen/still-exposed.js';
import { Halt } from '../state/interruptions.js';
import { forgetLook } from '../listen/looks.js';
import { noteWrite } from './contested.js';
import { haltWhenAsked } from './halt-asked.js';
import { beginUndo, recordSkipped, recordUndone, type Trying } from './undo.js';

/** Attempts until somebody is called: about a second, when each fails at once. */
const firstTries = 4;
/** Milliseconds of the tries that follow, again and again: in between the rollout may go on in a new run. */
const row = 600_000;
/** Milliseconds between two such rows: longer each time, for one that is refused at once fills the history. */
const shortestPause = 1_000;
const longestPause = 30_000;

/** An exposure on its way back; without an undo under way after one that failed. */
interface Way {
  readonly act: Act;
  running: Running<Restored> | undefined;
}

/** Each exposure target goes to its first capture in one hop, whatever the number of acts that raised it. */
export async function restoreExposure(
  run: Run,
  progress: Unwinding | Retreating,
  exposing: readonly Act[],
  onBegun: () => void = () => undefined,
): Promise<void> {
  const { state, effects } = run;
  const latest = new Map<Target, Act>();
  for (const act of exposing) if (!latest.has(act.target)) latest.set(act.target, act);
  const open = [...latest.values()].filter(({ id }) => !isTakenBack(run, id));
  if (open.length === 0) return onBegun();
  await haltWhenAsked(run, 'exposure');
  // All begin before any is waited for: a target that resists does not keep the others exposed.
  const ways = open.map((act) => ({ act, running: beginUndo(run, act, first(run)) }));
  onBegun();
  await untilBack(run, ways);
  for (const act of exposing) {
    stepState(run, act.id).status = stepState(run, latest.get(act.target)!.id).status;
  }
  // Skipped by an operator it is still exposed, and nothing may say otherwise.
  if (open.some(({ id }) => stepState(run, id).status === 'skipped')) return;
  sayBack(run, progress);
  for (const target of latest.keys()) forgetLook(run, target);
  noteWrite(run, progress);
  state.exposure = 0;
  progress.exposureRestoredAt = effects.now();
}

function isTakenBack(run: Run, id: string): boolean {
  const { status } = stepState(run, id);
  return status === 'undone' || status === 'skipped';
}

function first({ plan }: Run): Trying {
  return { within: plan.deadlines.undo, tries: firstTries };
}

/** Goes on trying while somebody is asked: whoever is exposed must not wait for an answer. */
async function untilBack(run: Run, ways: readonly Way[]): Promise<void> {
  let pause = shortestPause;
  for (const left = new Set<Way>(ways); left.size > 0;) {
    await untilNews(run, left);
    for (const way of left) if (await isSettled(run, way)) left.delete(way);
    const failed = [...left].filter(({ running }) => running === undefined);
    if (failed.length === 0) continue;
    await haltWhenAsked(run, 'exposure');
    ask(run, failed[0]!.act);
    if (failed.length === left.size) {
      await rest(run, run.effects.now() + pause);
      pause = Math.min(2 * pause, longestPause);
    }
    if (run.state.stuck?.resolution) continue;
    for (const way of failed) way.running = beginUndo(run, way.act, { within: row });
  }
}

/** One of them has ended, or an operator has said something. */
async function untilNews(run: Run, left: ReadonlySet<Way>): Promise<void> {
  const underWay = [...left].flatMap(({ running }) => running ?? []);
  const isNews = () =>
    underWay.length < left.size ||
    underWay.some(({ result }) => result) ||
    run.state.stuck?.resolution !== undefined;
  while (!isNews()) await listen(run, undefined, firstOf(underWay));
}

/** Whether it is back, or left out by an operator. One that failed has nothing under way afterwards. */
async function isSettled(run: Run, way: Way): Promise<boolean> {
  const { act } = way;
  const { stuck } = run.state;
  const resolved = stuck?.step === act.id ? stuck.resolution : undefined;
  if (resolved) await untilEnded(run, way);
  const result = way.running?.result;
  if (result) run.underWay.undos.delete(way.running!);
  if (result?.ok) {
    if (stuck?.step === act.id) delete run.state.stuck;
    recordUndone(run, act, result.value);
    return true;
  }
  if (result) {
    stepState(run, act.id).problem = result.error;
    way.running = undefined;
  }
  if (!resolved) return false;
  delete run.state.stuck;
  if (resolved.choice === 'halt')
    throw new Halt(`${resolved.by} halted the rollback at ${act.id}: ${resolved.reason}`);
  if (resolved.choice === 'retry') way.running = beginUndo(run, act, first(run));
  else recordSkipped(run, act, resolved);
  return resolved.choice === 'skip';
}

/** What an operator has decided about is not left running behind it. */
async function untilEnded(run: Run, { running }: Way): Promise<void> {
  running?.cancel();
  while (running && !running.result) await listen(run, undefined, running);
}

/** Asks an operator about one of them at a time; whoever is called hears why it could not be taken back. */
function ask(run: Run, act: Act): void {
  if (run.state.stuck) return;
  const problem = stepState(run, act.id).problem ?? 'nobody knows why any more';
  openQuestion(run, {
    step: act.id,
    problem: `its undo failed: ${problem}`,
    choices: ['retry', 'skip', 'halt'],
    retried: true,
  });
  if (!callStillExposed(run, problem))
    notify(run, 'incident', `needs an operator at ${act.id}: its undo failed: ${problem}`, {
      kind: 'needs-operator',
    });
}

/** Ends as soon as one of them does. */
function firstOf(all: readonly Running<unknown>[]): Running<unknown> {
  return {
    get result() {
      return all.find(({ result }) => result)?.result;
    },
    cancel: () => undefined,
  };
}
