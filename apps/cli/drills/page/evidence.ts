import type { DrillRecord } from '../../../../src/drill/record.js';
import { moment } from '../../words.js';
import { html, type Html } from './html.js';

/** What the record is bound to, and until when it proves anything. */
export function evidence(record: DrillRecord): Html {
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
