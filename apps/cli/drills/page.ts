import { formatDuration } from '../../../src/engine/base/duration.js';
import type { DrilledPoint, DrillRecord, Spread } from '../../../src/drill/record.js';
import { moment } from '../words.js';
import { historyOf, movedText, type PastDrill } from './history.js';
import { html, Html } from './html.js';
import { pageStyle } from './page-style.js';
import { failureWords, many, percent, verdictOf } from './words.js';

/**
 * A drill's record as one HTML page to hand on: nothing in it is loaded from anywhere, and no script runs.
 *
 * @param now when it is written, in milliseconds since the epoch: whether it has expired is said as of then
 * @param others drills of the same runbook, this one among them or not: how the time to restore moves is shown
 */
export function reportPage(record: DrillRecord, now: number, others: readonly DrillRecord[] = []): string {
  const verdict = verdictOf(record, now);
  const longest = longestOf(record);
  const back = record.points.filter(({ pastReturn }) => !pastReturn);
  const past = record.points.filter(({ pastReturn }) => pastReturn);
  const drills = historyUpTo(record, others, now);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Drill of ${record.runbook}: ${verdict.sentence}</title>
        <style>
          ${new Html(pageStyle)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <div class="kind">Rollback drill</div>
            <h1>${record.runbook}</h1>
            <div class="note">
              ${moment(record.startedAt)}, in ${record.environment}, for
              ${formatDuration(record.endedAt - record.startedAt)}, by ${record.startedBy}
            </div>
            <p class="verdict ${verdict.is}">${verdictWord[verdict.is]}: ${verdict.sentence}.</p>
          </header>
          ${figures(record)}
          <section class="points">
            <h2>Every way this rollout can fail, and what became of it</h2>
            <p class="note">
              At each of these points the rollout was made to fail on purpose, and taken back by the engine
              that carries production. Then everything was compared with what stood there before.
            </p>
            ${pointTable(back, longest, record.restoreWithin)} ${legend(record.restoreWithin)}
          </section>
          ${past.length > 0 && pastReturn(past)}
          ${record.notSimulated.length > 0 && notSimulated(record.notSimulated)}
          ${drills.length > 1 && history(drills, record.drill)} ${evidence(record)}
          <footer>
            Written on ${moment(now)}. This page is made from the drill's record, and is no record itself:
            <code>switchback drill report ${record.drill}</code> reads that, and finds out whether somebody
            edited it.
          </footer>
        </main>
      </body>
    </html> `;
  return page.text;
}

const verdictWord = { proven: 'Proven', partly: 'Not all proven', red: 'Red' } as const;

function figures(record: DrillRecord): Html {
  const { timeToRestore: times, restoreWithin, rowsCompared, rowsLost } = record;
  const goal =
    restoreWithin === undefined ? 'no objective stated' : `objective ${formatDuration(restoreWithin)}`;
  const figure = (value: string, what: string) =>
    html`<div class="figure"><b>${value}</b><span>${what}</span></div>`;
  const worst = (spread: Spread | undefined) => (spread ? formatDuration(spread.worst) : 'none');
  const median = (spread: Spread | undefined) => (spread ? `, median ${formatDuration(spread.median)}` : '');
  return html`<section class="figures">
    ${figure(percent(record.coverage), `of ${record.pointsToCover} points proven`)}
    ${figure(worst(times.verified), `worst time to restore${median(times.verified)}; ${goal}`)}
    ${figure(worst(times.exposure), `worst time until nobody was exposed${median(times.exposure)}`)}
    ${figure(many(rowsLost), `rows lost, of ${many(rowsCompared)} compared`)}
  </section>`;
}

function pointTable(points: readonly DrilledPoint[], longest: number, within?: number): Html {
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

function legend(within: number | undefined): Html {
  return html`<p class="legend">
    <span><i class="exposure"></i>until nobody was exposed</span
    ><span><i></i>until everything was read again and was as before</span>${
      within !== undefined && html`<span><i class="goal"></i>objective, ${formatDuration(within)}</span>`
    }
  </p>`;
}

function pastReturn(points: readonly DrilledPoint[]): Html {
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

function notSimulated(sentences: readonly string[]): Html {
  return html`<section>
    <h2>What this drill did not simulate</h2>
    <ul class="plain">
      ${sentences.map((one) => html`<li>${one}</li>`)}
    </ul>
  </section>`;
}

/** So many drills are shown. */
const mostDrills = 12;

/** The drills of the same runbook in the same environment up to this one, the newest first. */
function historyUpTo(record: DrillRecord, others: readonly DrillRecord[], now: number): readonly PastDrill[] {
  const before = others.filter(
    ({ hash, runbook, environment, startedAt }) =>
      hash !== record.hash &&
      runbook === record.runbook &&
      environment === record.environment &&
      startedAt < record.startedAt,
  );
  return historyOf([...before, record], now).slice(0, mostDrills);
}

function history(drills: readonly PastDrill[], current: string): Html {
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

function evidence(record: DrillRecord): Html {
  const scale =
    record.timeScale === 1
      ? 'as the plan has them'
      : `windows and minimum samples of the plan were multiplied by ${record.timeScale}`;
  const rows: (readonly [string, string | Html])[] = [
    ['Drill', html`<code>${record.drill}</code>`],
    ['Plan', html`<code>${record.digest}</code>`],
    [
      'What it proves',
      html`<code>${record.reversibleDigest}</code>: the steps up to the point of no return, by digest`,
    ],
    ['Build of the engine', record.build],
    ['Proves until', moment(record.expiresAt)],
    ['Times', scale],
    [
      'Last seen red',
      record.lastSeenRed === undefined
        ? 'never, as far as the records go'
        : `${moment(record.lastSeenRed)}, on a way back that had been spoilt on purpose`,
    ],
    ['Hash of the record', html`<code>${record.hash}</code>`],
  ];
  return html`<section>
    <h2>Evidence</h2>
    <dl>
      ${rows.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
  </section>`;
}

/** What the longest bar stands for: the objective too, where that is not far away. */
function longestOf({ points, restoreWithin = 0 }: DrillRecord): number {
  const worst = Math.max(1, ...points.map(({ restored }) => restored?.verified ?? 0));
  return restoreWithin <= 4 * worst ? Math.max(worst, restoreWithin) : worst;
}
