import { Refusal } from '../../src/engine/base/errors.js';
import type { Database, Tx } from './database.js';
import type { Relation } from './relation.js';
import type { Findings } from '../../src/engine/state/values.js';

const oldestVersion = 14;

interface Facts {
  readonly version: number;
  readonly role: string;
  readonly database: string;
  readonly owner: boolean;
  readonly ownerName: string;
  readonly mayCreateSchema: boolean;
  readonly mayCreateInSchema: boolean | null;
  readonly kind: string;
  readonly partition: boolean;
  readonly inherited: boolean;
  readonly hiddenRows: boolean;
  readonly rows: number;
  readonly longestTransaction: number;
  readonly replicaLag: number | null;
}

/** Versions, rights and the table's build. Throws a `Refusal` that names what is missing; answers with what it saw. */
export async function requireFit(tx: Tx, { place }: Database, relation: Relation): Promise<Findings> {
  const facts = await factsOf(tx, relation);
  const { version, role, database } = facts;
  if (version < oldestVersion) {
    throw new Refusal(
      `database ${place}`,
      `PostgreSQL ${version} is too old`,
      `use ${oldestVersion} or later`,
    );
  }
  requireRights(facts, relation, place);
  requireOrdinary(facts, relation);
  return {
    version,
    role,
    database,
    rows: facts.rows,
    longestTransactionSeconds: facts.longestTransaction,
    replicaLagBytes: facts.replicaLag,
  };
}

function requireRights(facts: Facts, relation: Relation, place: string): void {
  const { role, ownerName, database } = facts;
  if (!facts.owner) {
    throw new Refusal(
      `table ${relation.sql}`,
      `role ${role} may not alter it: only its owner ${ownerName} and members of that role may`,
      `GRANT ${ownerName} TO ${role}`,
    );
  }
  if (facts.mayCreateInSchema ?? facts.mayCreateSchema) return;
  const missing = facts.mayCreateInSchema === null ? `DATABASE ${database}` : 'SCHEMA switchback';
  throw new Refusal(
    `database ${place}`,
    `role ${role} lacks the right CREATE on ${missing.toLowerCase()}, where our records go`,
    `GRANT CREATE ON ${missing} TO ${role}`,
  );
}

function requireOrdinary({ kind, partition, inherited, hiddenRows, role }: Facts, { sql }: Relation): void {
  const thing = `table ${sql}`;
  const fix = 'choose an ordinary table';
  if (kind === 'p' || partition) throw new Refusal(thing, 'it is partitioned, which is not supported', fix);
  if (kind !== 'r') throw new Refusal(thing, 'it is not a table', fix);
  if (inherited) throw new Refusal(thing, 'other tables inherit from it, which is not supported', fix);
  if (hiddenRows) {
    throw new Refusal(thing, `row security hides rows from role ${role}`, 'let the role bypass row security');
  }
}

async function factsOf(tx: Tx, relation: Relation): Promise<Facts> {
  const { rows } = await tx.query<Facts>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, current_user::text AS role,
            current_database()::text AS database, pg_get_userbyid(c.relowner)::text AS "ownerName",
            pg_has_role(c.relowner, 'USAGE') AS owner,
            has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchema",
            (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = 'switchback')
              AS "mayCreateInSchema",
            c.relkind::text AS kind, c.relispartition AS partition,
            EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid OR inhrelid = c.oid) AS inherited,
            c.relrowsecurity AND c.relforcerowsecurity AND row_security_active(c.oid) AS "hiddenRows",
            greatest(c.reltuples, 0)::float8 AS rows,
            (SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0)::int FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()) AS "longestTransaction",
            (SELECT max(CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) END)::float8
               FROM pg_stat_replication) AS "replicaLag"
       FROM pg_class c WHERE c.oid = $1`,
    [relation.oid],
  );
  const facts = rows[0];
  if (facts) return facts;
  throw new Error(`${relation.sql} vanished while it was looked at`);
}
