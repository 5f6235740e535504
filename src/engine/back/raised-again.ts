import { listen } from '../listen/attention.js';
import { raisedTarget } from '../listen/looks.js';
import type { Result, Running } from '../state/ports.js';
import type { Run } from '../state/run.js';
import { Halt } from '../state/interruptions.js';
import type { WayBack } from './contested.js';
import { verifyTargets } from './verify.js';

/**
 * Puts back what somebody else has raised since it was put back, before anything is taken away that those users need;
 * an operator is asked when they raise it again and again.
 *
 * @throws Halt when an operator leaves it raised
 */
export async function putBackRaised(run: Run, way: WayBack): Promise<void> {
  for (let raised = raisedTarget(run); raised; raised = raisedTarget(run)) {
    const { target } = raised;
    delete way.verified[target];
    const unverified = await verifyTargets(run, way, [target]);
    if (unverified.length > 0) throw new Halt(`somebody else raises ${target}, and it was left so`);
    // Everything is read at the end, this as well.
    delete way.verified[target];
  }
}

/** Waits for a verb that only asks, and puts back meanwhile what somebody else raises. */
export async function answered<T>(run: Run, way: WayBack, running: Running<T>): Promise<Result<T>> {
  while (!running.result) {
    await listen(run, undefined, running);
    await putBackRaised(run, way);
  }
  return running.result;
}
