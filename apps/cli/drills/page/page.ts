import { formatDuration } from '../../../../src/engine/base/duration.js';
import type { DrillRecord, Spread } from '../../../../src/drill/record.js';
import { moment } from '../../words.js';
import { many, percent, verdictOf, verdictWord } from '../words.js';
import { evidence } from './evidence.js';
import { history, historyUpTo } from './history.js';
import { html, Html } from './html.js';
import { legend, longestOf, pastReturn, pointTable } from './points.js';
import { pageStyle } from './style.js';

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

function notSimulated(sentences: readonly string[]): Html {
  return html`<section>
    <h2>What this drill did not simulate</h2>
    <ul class="plain">
      ${sentences.map((one) => html`<li>${one}</li>`)}
    </ul>
  </section>`;
}
