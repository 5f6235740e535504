import pg from 'pg';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Tx } from './database.js';
import { readRow } from './ledger.js';
import type { Relation } from './relation.js';

const { escapeLiteral } = pg;

/** The ledger's name for a TRUNCATE that the tracker saw. */
export const truncated = 'truncate';

/** SQL of the tracker's function: who emptied the table, from where and when. It takes back nothing, so no effect. */
export function recordTruncation(rollout: string, relation: Relation): string {
  return `INSERT INTO switchback.ledger (rollout, step, epoch, verb, state, progress)
      VALUES (${escapeLiteral(rollout)}, ${escapeLiteral(relation.sql)}, 0, '${truncated}', 'done', jsonb_build_object(
        'by', session_user, 'application', current_setting('application_name'), 'from', host(inet_client_addr()),
        'at', to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
      ON CONFLICT (rollout, step, epoch, verb) DO UPDATE SET progress = excluded.progress, at = now();`;
}

/** Who emptied a table; what is not known is null or empty. */
export interface Truncation extends JsonObject {
  readonly by: string;
  readonly application: string;
  /** The client's address. */
  readonly from: string | null;
  readonly at: string;
}

/** The last TRUNCATE of the table since the rollout's tracking began, or undefined. */
export async function findTruncation(
  tx: Tx,
  rollout: string,
  relation: Relation,
): Promise<Truncation | undefined> {
  const row = await readRow(tx, { rollout, step: relation.sql, epoch: 0, verb: truncated });
  return row?.progress as Truncation | undefined;
}

/** A TRUNCATE in words: by whom, from where, when. */
export function describeTruncation({ by, application, from, at }: Truncation): string {
  const place = [application, from].filter(Boolean).join(' from ');
  return `TRUNCATE by role ${by}${place && ` (${place})`} at ${at}`;
}
