import { formatDuration } from '../../../../src/engine/base/duration.js';
import type { DrilledPoint, DrillRecord } from '../../../../src/drill/record.js';
import { failureWords } from '../words.js';
import { html, type Html } from './html.js';

/** A row for each point that was drilled: what happened there, its result, and its times beside the objective. */
export function pointTable(points: readonly DrilledPoint[], longest: number, within?: number): Html {
  return html`<table>
    <thead>
      <tr>
        <th>Phase</th>
        <th>Step</th>
        <th>What happens there</th>
        <th>Result</th>
        <th>Time to restore</th>
      </tr>
    </thead>
    <tbody>
      ${points.map((point) => pointRow(point, longest, within))}
    </tbody>
  </table>`;
}

function pointRow(point: DrilledPoint, longest: number, within?: number): Html {
  const { phase, step, failure, result, outcome, expects, differences } = point;
  const ended =
    outcome === expects
      ? undefined
      : html`<br /><span class="note">${outcome ? `ended ${outcome}` : 'did not end'}, not ${expects}</span>`;
  return html`<tr>
    <td class="phase">${phase}</td>
    <td class="step">${step}</td>
    <td class="what">
      ${failureWords[failure]}${ended}${
        differences.length > 0 &&
        html`<ul class="lost">
          ${differences.map((one) => html`<li>${one}</li>`)}
        </ul>`
      }
    </td>
    <td class="result"><span class="pill ${result}">${result}</span></td>
    <td class="time">${timeOf(point, longest, within)}</td>
  </tr> `;
}

function timeOf({ restored }: DrilledPoint, longest: number, within?: number): Html {
  if (!restored) return html`<span class="note">nothing to restore</span>`;
  const { verified, exposure } = restored;
  const wide = (ms: number) => `${Math.min(100, Math.round((1_000 * ms) / longest) / 10)}%`;
  return html`${formatDuration(verified)}${exposure !== undefined && html` <span class="note">exposure ${formatDuration(exposure)}</span>`}<span
      class="track"
      ><i style="width:${wide(verified)}"></i>${
        exposure !== undefined && html`<i class="exposure" style="width:${wide(exposure)}"></i>`
      }${within !== undefined && within <= longest && html`<u style="left:${wide(within)}"></u>`}</span
    >`;
}

/** What the colours of the bars mean. */
export function legend(within: number | undefined): Html {
  return html`<p class="legend">
    <span><i class="exposure"></i>until nobody was exposed</span
    ><span><i></i>until everything was read again and was as before</span>${
      within !== undefined && html`<span><i class="goal"></i>objective, ${formatDuration(within)}</span>`
    }
  </p>`;
}

/** Points past the point of no return, which count for nothing else. */
export function pastReturn(points: readonly DrilledPoint[]): Html {
  return html`<section>
    <h2>Past the point of no return</h2>
    <p class="note">
      Nothing is taken back here: the rollout has to halt and ask people. These points count neither for the
      coverage nor for the times.
    </p>
    <table>
      <thead>
        <tr>
          <th>Phase</th>
          <th>Step</th>
          <th>What happens there</th>
          <th>Result</th>
        </tr>
      </thead>
      <tbody>
        ${points.map(
          ({ phase, step, failure, result, outcome }) =>
            html`<tr>
              <td class="phase">${phase}</td>
              <td class="step">${step}</td>
              <td class="what">${failureWords[failure]}; ended ${outcome ?? 'not at all'}</td>
              <td class="result"><span class="pill ${result}">${result}</span></td>
            </tr> `,
        )}
      </tbody>
    </table>
  </section>`;
}

/** What the longest bar stands for: the objective too, where that is not far away. */
export function longestOf({ points, restoreWithin = 0 }: DrillRecord): number {
  const worst = Math.max(1, ...points.map(({ restored }) => restored?.verified ?? 0));
  return restoreWithin <= 4 * worst ? Math.max(worst, restoreWithin) : worst;
}
