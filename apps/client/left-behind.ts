import type { Reported } from './client.js';
import type { StatusReport } from '../../src/engine/tell/report.js';

/**
 * A report of a rollout whose workflow was ended from outside. It knows nothing of that: by itself it would say that it
 * goes on, and offer what nobody answers any more.
 */
export function leftBehind(
  { watch: _watch, gate: _gate, hold: _hold, stuck: _stuck, ...report }: StatusReport,
  how: NonNullable<Reported['fromOutside']>,
  endedAt: number,
): Reported {
  const { rollout, exposure, why } = report;
  const { nextAt: _nextAt, ...before } = why;
  return {
    ...report,
    fromOutside: how,
    possible: [],
    why: {
      ...before,
      waitingFor: `a rescue, unless it has had one: it was ${how}, and took nothing back itself`,
      since: endedAt,
      clears: `switchback rescue ${rollout}`,
      who: [],
      next: exposure > 0 ? `nothing by itself: ${exposure} % were exposed at its end` : 'nothing by itself',
      possible: [],
    },
  };
}
