import { attended } from './attention.js';
import { actsOf } from './plan.js';
import { record, type Run } from './run.js';
import { Stop } from './stop.js';
import { awaitPassingGuards } from './subscription.js';

/** Looks before the first act: every act fits the environment, and every guard passes once. Changes nothing. */
export async function preflight(run: Run): Promise<void> {
  const { effects, plan } = run;
  for (const act of actsOf(plan)) {
    const result = await attended(run, effects.perform('check', { act }, plan.deadlines.preflight));
    if (!result.ok) throw new Stop({ type: 'act-failed', step: act.id, reason: result.error });
  }
  await awaitPassingGuards(run);
  record(run, 'preflight-passed', 'every act fits the environment and every guard passes');
}
