import { CancellationScope, condition, log } from '@temporalio/workflow';
import type { Ignored } from '../../src/protocol/rollout.js';
import { dueWithin } from '../sdk/alarm.js';

/** Of so many different things it is said what they were. */
const mostNamed = 5;
/** Whoever floods a workflow does not flood its journal: after the first line there is one in this time. */
const gatherFor = 60_000;

let count = 0;
let what: string[] = [];

/** Notes something that is no message; nothing comes of it but a line in the journal. */
export function ignore(thing: string): void {
  count += 1;
  if (what.length < mostNamed && !what.includes(thing)) what.push(thing);
}

/** What is to be noted of a message in the name of a rollout that the rollout did not send. */
export function notFrom({ rollout }: { readonly rollout: string }): string {
  return `what names ${rollout.slice(0, 80)} and does not come from it`;
}

/** Goes on from what the run before has not told. */
export function ignoredBefore(before: Ignored): void {
  for (const thing of before.what) ignore(thing);
  count += before.count - before.what.length;
}

/** What was ignored and not told yet, which counts as told from now on. */
export function takeIgnored(): Ignored | undefined {
  if (count === 0) return undefined;
  const taken = { count, what };
  count = 0;
  what = [];
  log.warn('ignored what is no message', { count: taken.count, what: taken.what.join('; ') });
  return taken;
}

/** Tells of what is ignored, as long as the workflow lives: the first at once, the others gathered. */
export function tellOfIgnored(tell: (ignored: Ignored) => void): void {
  const tellAll = async () => {
    for (;;) {
      await condition(() => count > 0);
      const ignored = takeIgnored();
      if (ignored) tell(ignored);
      await dueWithin(gatherFor, () => false);
    }
  };
  void CancellationScope.nonCancellable(tellAll);
}

/** In words, for a journal. */
export function inWords({ count, what }: Ignored): string {
  const messages = count === 1 ? '1 message' : `${count} messages`;
  return `${messages} from outside ignored, which ${count === 1 ? 'is' : 'are'} none: ${what.join('; ')}`;
}
