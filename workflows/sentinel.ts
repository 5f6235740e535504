import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { Roster } from '../src/analysis/roster.js';
import {
  sentinelNames,
  type Leaving,
  type OrphanReport,
  type OrphanSignal,
  type RosterPage,
  type SentinelInput,
  type Subscriber,
} from '../src/analysis/sentinel.js';
import { sayBlind, tellBlind } from './sentinel/blind.js';
import { raiseIncidents } from './sentinel/incidents.js';
import { supervise } from './sentinel/supervise.js';
import { buildAtWork } from './versioning.js';

const subscribe = defineSignal<[Subscriber]>(sentinelNames.subscribe);
const unsubscribe = defineSignal<[Leaving]>(sentinelNames.unsubscribe);
const orphan = defineSignal<[OrphanSignal]>(sentinelNames.orphan);
const roster = defineQuery<RosterPage, [number]>(sentinelNames.roster);
const orphans = defineQuery<readonly OrphanReport[]>(sentinelNames.orphans);

/** Keeps an activity that fails at once from filling the history. */
const afterLoss = 2_000;

/**
 * The one watcher of an environment: keeps who is watched, and keeps the activity alive that watches. It never ends by
 * itself; cancelled, it says `blind` to every subscriber first.
 */
export async function sentinel(input: SentinelInput): Promise<void> {
  const { environment } = input;
  const known = new Roster(input.watched, input.room);

  setHandler(subscribe, async (subscriber) => {
    if (known.add(subscriber) !== 'full') return;
    const reason = `the sentinel of ${environment} is full: it watches ${known.size} rollouts, and has no room for more`;
    await sayBlind(subscriber, reason);
  });
  setHandler(unsubscribe, (leaving) => known.remove(leaving));
  setHandler(orphan, (found) => known.mark(found));
  setHandler(roster, (since) => known.page(since));
  setHandler(orphans, () => known.orphans);

  const limit = input.continueAfter ?? Number.POSITIVE_INFINITY;
  const full = () => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength >= limit;
  let untold = input.blind;
  let shift = input.shift ?? 0;
  const incidents = raiseIncidents(known, environment, full);
  try {
    for (;;) {
      if (untold !== undefined) untold = await tellBlind(known, untold, full);
      await condition(() => known.size > 0 || full());
      if (full()) break;
      shift += 1;
      const begunBy = buildAtWork();
      // What watches has to know what the newest rollouts ask for: it moves with the workflow.
      const lost = await supervise(input, shift, () => full() || buildAtWork() !== begunBy);
      if (lost === undefined) continue;
      shift += 1;
      untold = { reason: `nobody watches ${environment}: ${lost}` };
      untold = await tellBlind(known, untold, full);
      if (!full()) await sleep(afterLoss);
    }
    await incidents.ended();
    await condition(allHandlersFinished);
  } catch (error) {
    if (isCancellation(error)) {
      const reason = `the sentinel of ${environment} was cancelled: start it again by subscribing`;
      await CancellationScope.nonCancellable(() => tellBlind(known, { reason }, () => false));
    }
    throw error;
  }
  const { watched: _, blind: __, ...settings } = input;
  const blind = untold === undefined ? {} : { blind: untold };
  const carried = { ...settings, shift, watched: known.carry(), ...blind };
  await continueAsNew<typeof sentinel>(carried);
}
