import type { Candidate, Found } from '../../../activities/drill/adopt.js';
import { table } from '../table.js';

/** What a database is, for whoever says whether it is a copy. */
export function foundText({ name, environment }: Candidate, found: Found): string {
  const { server, database, mark, bytes, tables, rows, unlike, notAsked } = found;
  const marked = mark ? `environment ${mark.environment}, ${mark.kind ?? 'of no kind'}` : 'nothing';
  const none = (all: readonly string[]) => (all.length > 0 ? all.join(', ') : 'none');
  return table(
    [`database ${name} of ${environment}`, ''],
    [
      ['PostgreSQL system', server],
      ['database', database],
      ['marked as', marked],
      [
        'holds',
        `about ${rows.toLocaleString('en')} rows in ${tables} tables, ${Math.ceil(bytes / 1024 ** 2)} MB`,
      ],
      ['connected', 'nobody'],
      ['is not', none(unlike)],
      ['not asked', none(notAsked)],
    ],
  );
}
