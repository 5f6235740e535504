import { Worker } from '@temporalio/worker';
import { bundled } from '../support/bundle.js';
import { historyOf, type StoredHistory } from './histories.js';

/** What stands beside those of rollouts: workflows that go on in every new build. */
export const neverEnding = ['sentinel', 'sentinel-moved', 'locks', 'locks-moved'];

/** What replaying says of each history: the error's message, or `replays`. */
export async function verdictsOf(
  given: readonly StoredHistory[],
  workflows?: URL,
): Promise<Map<string, string>> {
  const workflowBundle = await bundled(workflows);
  const names = new Map(given.map((stored) => [historyOf(stored).runId, stored.name]));
  const verdicts = new Map<string, string>();
  for await (const { runId, error } of Worker.runReplayHistories({ workflowBundle }, given.map(historyOf)))
    verdicts.set(names.get(runId) ?? runId, error ? error.message : 'replays');
  return verdicts;
}
