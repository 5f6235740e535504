import { listen } from '../listen/attention.js';
import type { Run } from '../state/run.js';
import { Halt } from '../state/interruptions.js';

/** Between two undos is the one safe place to end a rollback. */
export async function haltWhenAsked(run: Run, at: string): Promise<void> {
  const { haltAsked } = run.state;
  if (!haltAsked) return;
  await untilUndosEnded(run);
  throw new Halt(`${haltAsked.by} halted the rollback at ${at}: ${haltAsked.reason}`);
}

/** An undo that a stop overtook is not begun a second time beside itself: it stops at a safe place first. */
export async function untilUndosEnded(run: Run): Promise<void> {
  const { undos } = run.underWay;
  for (const undo of undos) undo.cancel();
  for (const undo of undos) while (!undo.result) await listen(run, undefined, undo);
  undos.clear();
}
