import { formatDuration } from '../../../../src/engine/base/duration.js';
import type { DrillRecord } from '../../../../src/drill/record.js';
import { moment } from '../../words.js';
import { historyOf, movedText, type PastDrill } from '../history.js';
import { percent, verdictWord } from '../words.js';
import { html, type Html } from './html.js';

/** So many drills are shown. */
const mostDrills = 12;

/** The drills of the same runbook in the same environment up to this one, the newest first. */
export function historyUpTo(
  record: DrillRecord,
  others: readonly DrillRecord[],
  now: number,
): readonly PastDrill[] {
  const before = others.filter(
    ({ hash, runbook, environment, startedAt }) =>
      hash !== record.hash &&
      runbook === record.runbook &&
      environment === record.environment &&
      startedAt < record.startedAt,
  );
  return historyOf([...before, record], now).slice(0, mostDrills);
}

/** How the time to restore moved, drill by drill; `current` is the drill of this page. */
export function history(drills: readonly PastDrill[], current: string): Html {
  const longest = Math.max(1, ...drills.map(({ timeToRestore }) => timeToRestore.verified?.worst ?? 0));
  return html`<section>
    <h2>This drill and those before it</h2>
    <table>
      <thead>
        <tr>
          <th>When</th>
          <th>Plan</th>
          <th>Verdict</th>
          <th>Worst time to restore</th>
        </tr>
      </thead>
      <tbody>
        ${drills.map((drill) => historyRow(drill, current, longest))}
      </tbody>
    </table>
  </section>`;
}

function historyRow(
  { drill, at, changed, verdict, coverage, timeToRestore: { verified }, worstBy }: PastDrill,
  current: string,
  longest: number,
): Html {
  const pill = { proven: 'passed', partly: 'partial', red: 'failed' }[verdict];
  const wide = verified ? Math.round((1_000 * verified.worst) / longest) / 10 : 0;
  return html`<tr>
    <td class="step">${moment(at)}${drill === current && html` <span class="note">this one</span>`}</td>
    <td class="what">
      ${changed ? 'its way back was changed' : 'the same way back'}, ${percent(coverage)} proven
    </td>
    <td class="result"><span class="pill ${pill}">${verdictWord[verdict]}</span></td>
    <td class="time">
      ${verified ? formatDuration(verified.worst) : 'none'}
      <span class="note">${movedText(worstBy)}</span><span class="track"><i style="width:${wide}%"></i></span>
    </td>
  </tr> `;
}
