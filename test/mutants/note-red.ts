import type { DrillStore } from '../../activities/records/drills.js';
import type { MutantReport } from './report.js';

/**
 * Notes in the records of a drill environment which runbooks' drills were seen red, each on all of its mutants.
 *
 * @param at Unix ms
 * @returns their names
 */
export async function noteRed(
  drills: Pick<DrillStore, 'sawRed'>,
  runbooks: readonly string[],
  { survivors }: Pick<MutantReport, 'survivors'>,
  at: number,
): Promise<readonly string[]> {
  const red = runbooks.filter((runbook) => !survivors.some((name) => name.startsWith(`${runbook}: `)));
  for (const runbook of red) await drills.sawRed(runbook, at);
  return red;
}
