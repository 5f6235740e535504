import { formatDuration, phases, type JournalEvent, type StatusReport } from '../../src/engine/index.js';
import type { LoadStats } from '../load/counters.js';
import type { DrillSummary } from './drill-summary.js';
import type { Findings } from './findings.js';
import type { AcceptedAnswer } from './decisions.js';
import type { ScenarioName } from './scenarios.js';

/** The last line of `npm run demo -- -o json`. Times in milliseconds. */
export interface Summary {
  readonly scenario: ScenarioName;
  readonly outcome: string;
  /** Requests that customers were answered. */
  readonly served: number;
  /** Requests that failed because of the migration. */
  readonly failed: number;
  /** Requests that failed because of the bad candidate. */
  readonly candidateFailed: number;
  readonly rowsLost: number;
  readonly phases: { readonly [phase: string]: number };
  readonly held: readonly string[];
  /** From the decision to roll back until every target was read again; null when it completed. */
  readonly timeToRestoreMs: number | null;
  /** From the decision to roll back until nobody was exposed; null when it completed. */
  readonly timeToZeroExposureMs: number | null;
  readonly setAside: number;
  /** Every promise was read again and is true. */
  readonly verified: boolean;
  readonly rollout: string;
  /** Accepted answers at gates, oldest first; where they came over HTTP. */
  readonly decisions?: readonly AcceptedAnswer[];
  /** What was drilled before it was started; where an environment asks for it. */
  readonly drill?: DrillSummary;
}

export function summarise(
  scenario: ScenarioName,
  status: StatusReport,
  journal: readonly JournalEvent[],
  stats: LoadStats,
  findings: Findings,
): Summary {
  const { unwinding } = status;
  const since = (at: number | undefined) => (unwinding && at !== undefined ? at - unwinding.since : null);
  return {
    scenario,
    outcome: status.outcome?.type ?? status.status,
    served: stats.served,
    failed: stats.failed,
    candidateFailed: stats.candidateFailed,
    rowsLost: findings.judgement.rowsLost,
    phases: timeByPhase(journal),
    held: journal.filter(({ type }) => type === 'hold').map(({ reason }) => reason),
    timeToRestoreMs: since(unwinding?.verifiedAt),
    timeToZeroExposureMs: since(unwinding?.exposureRestoredAt),
    setAside: findings.setAside,
    verified: findings.promises.every(({ kept }) => kept),
    rollout: status.rollout,
  };
}

function timeByPhase(journal: readonly JournalEvent[]): Record<string, number> {
  const times: Record<string, number> = {};
  const marks = journal.filter(
    ({ type }) => type === 'phase-entered' || type === 'unwinding' || type === 'ended',
  );
  for (const [index, mark] of marks.entries()) {
    const next = marks[index + 1];
    const phase = phases.find((name) => name === mark.reason);
    if (mark.type === 'phase-entered' && phase && next) times[phase] = next.at - mark.at;
  }
  return times;
}

/** The summary as a person reads it. */
export function describeSummary(summary: Summary, findings: Findings): string[] {
  const { timeToRestoreMs, timeToZeroExposureMs } = summary;
  const perPhase = Object.entries(summary.phases).map(([phase, ms]) => `${phase} ${formatDuration(ms)}`);
  return [
    '',
    `Outcome    ${summary.outcome}`,
    `Requests   ${summary.served} served, ${summary.failed} failed because of the migration, ${summary.candidateFailed} because of the candidate`,
    `Rows       ${summary.rowsLost} lost, ${findings.judgement.checked} looked at${summary.setAside > 0 ? `; ${summary.setAside} names of the new version set aside` : ''}`,
    `Time       ${perPhase.join(', ')}`,
    ...(timeToRestoreMs !== null && timeToZeroExposureMs !== null
      ? [
          `Restored   exposure after ${formatDuration(timeToZeroExposureMs)}, everything read again after ${formatDuration(timeToRestoreMs)}`,
        ]
      : []),
    '',
    ...findings.promises.map(({ promise, kept, found }) => `${kept ? '✔' : '✖'} ${promise} (${found})`),
  ];
}
