import { pointsToCover, reversibleDigest } from '../../src/drill/coverage.js';
import { sealed, type DrillRecord } from '../../src/drill/record.js';
import type { Plan } from '../../src/engine/plan/plan.js';

/** The record of a drill in which a plan came back from each of its points. */
export function provenRecord(plan: Plan, environment: string, endedAt: number): DrillRecord {
  const points = pointsToCover(plan);
  return sealed({
    format: 1,
    drill: `drill/${environment}/${plan.runbook}/1`,
    runbook: plan.runbook,
    digest: 'a'.repeat(64),
    reversibleDigest: reversibleDigest(plan),
    build: 'build-1',
    environment,
    startedBy: 'ana',
    startedAt: endedAt - 1_000,
    endedAt,
    expiresAt: endedAt + 86_400_000,
    timeScale: 1,
    points: points.map((point) => ({
      ...point,
      kind: 'act',
      result: 'passed',
      differences: [],
      rowsCompared: 1,
      rowsLost: 0,
    })),
    pointsToCover: points.length,
    coverage: 1,
    timeToRestore: {},
    rowsCompared: points.length,
    rowsLost: 0,
    pastReturn: 0,
    notSimulated: [],
  });
}
