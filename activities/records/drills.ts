import type pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { FailurePoint } from '../../src/drill/points.js';
import { isSealed, type DrillRecord } from '../../src/drill/record.js';

/** A row that a drill wrote beside a rollout, in the column of the old shape. */
export interface DrillWrite {
  /** From 1, in the order in which they were made. */
  readonly number: number;
  /** Which table and column. */
  readonly place: string;
  readonly key: string;
  readonly value: string;
  /** Whether the database said that it was written; of the others nobody knows. */
  readonly acknowledged: boolean;
}

/** What a rollout of a drill is to fail at, and how that stands. */
export interface PlannedFailure {
  readonly point: FailurePoint;
  readonly before: JsonObject;
  /** The worker has died for it. */
  readonly crashed: boolean;
}

/** Which things drills have made themselves: whatever else has the name of one is somebody else's. */
export interface ScratchNotes {
  has(thing: string): Promise<boolean>;
  /** Before it is made, so that what a killed drill left is known. */
  add(thing: string): Promise<void>;
  /** After it was thrown away. */
  remove(thing: string): Promise<void>;
}

/** What drills found, and what the one under way has to remember. */
export interface DrillStore {
  /** Keeps a record; the same again changes nothing. */
  keep(record: DrillRecord): Promise<void>;
  /** Records of a runbook, newest first; of all runbooks when absent. Throws `Refusal` when one was edited. */
  list(runbook?: string): Promise<readonly DrillRecord[]>;
  /** Notes that a runbook's drill turned red on each way back that was spoilt on purpose. Unix ms. */
  sawRed(runbook: string, at: number): Promise<void>;
  /** When that was seen last. Unix ms; undefined where it never was. */
  lastSeenRed(runbook: string): Promise<number | undefined>;
  /**
   * Makes a drill the one under way, unless another one is.
   *
   * @returns the one that is
   */
  take(drill: string, run: string): Promise<{ readonly drill: string; readonly run: string }>;
  /**
   * Makes it the one under way in the place of another run, which has ended, unless somebody else was quicker.
   *
   * @returns the one that is
   */
  takeOver(
    drill: string,
    run: string,
    from: string,
  ): Promise<{ readonly drill: string; readonly run: string }>;
  /** The run that is under way. */
  underWay(): Promise<string | undefined>;
  /** Nothing is remembered of the rollouts of drills. */
  forgetPoints(): Promise<void>;
  /** None is under way any more, and nothing of it is remembered; does nothing when another run is. */
  leave(run: string): Promise<void>;
  /** What drills here have made and not thrown away: a database, a file. */
  readonly scratch: ScratchNotes;
  plan(rollout: string, point: FailurePoint, before: JsonObject): Promise<void>;
  planned(rollout: string): Promise<PlannedFailure | undefined>;
  crashed(rollout: string): Promise<void>;
  /** What is measured is bad from now on, or good again. */
  breach(rollout: string, bad: boolean): Promise<void>;
  isBreached(): Promise<boolean>;
  /** Notes a write before it is made, so that none is made of which nobody knows. */
  intend(rollout: string, write: Omit<DrillWrite, 'acknowledged'>): Promise<void>;
  acknowledge(rollout: string, number: number): Promise<void>;
  /** It was refused: it never was. */
  forget(rollout: string, number: number): Promise<void>;
  /** In the order in which they were made. */
  writes(rollout: string): Promise<readonly DrillWrite[]>;
}

/** Drills as rows. */
export function drillStore(pool: pg.Pool): DrillStore {
  const run = async (sql: string, ...values: unknown[]) => void (await pool.query(sql, values));
  const turn = async () => {
    const { rows } = await pool.query<{ drill: string; run: string }>(
      'SELECT drill, run FROM switchback.drill_under_way',
    );
    return rows[0];
  };
  return {
    keep: (record) =>
      run(
        `INSERT INTO switchback.drills (drill, hash, runbook, reversible_digest, ended_at, record)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
        record.drill,
        record.hash,
        record.runbook,
        record.reversibleDigest,
        record.endedAt,
        JSON.stringify(record),
      ),

    async list(runbook) {
      const { rows } = await pool.query<{ hash: string; record: DrillRecord }>(
        `SELECT hash, record FROM switchback.drills WHERE $1::text IS NULL OR runbook = $1
          ORDER BY ended_at DESC, hash`,
        [runbook ?? null],
      );
      return rows.map(({ hash, record }) => {
        if (record.hash === hash && isSealed(record)) return record;
        throw new Refusal(
          `drill record ${hash}`,
          'is not what was kept: it was changed after it was written, and proves nothing',
          'put it back from a backup, or drill again',
        );
      });
    },

    sawRed: (runbook, at) =>
      run(
        `INSERT INTO switchback.drills_seen_red AS seen (runbook, at) VALUES ($1, $2)
         ON CONFLICT (runbook) DO UPDATE SET at = greatest(seen.at, excluded.at)`,
        runbook,
        at,
      ),
    async lastSeenRed(runbook) {
      const { rows } = await pool.query<{ at: string }>(
        'SELECT at::text FROM switchback.drills_seen_red WHERE runbook = $1',
        [runbook],
      );
      return rows[0] && Number(rows[0].at);
    },

    async take(drill, runId) {
      await run(
        'INSERT INTO switchback.drill_under_way (drill, run) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        drill,
        runId,
      );
      return (await turn()) ?? { drill, run: runId };
    },
    async takeOver(drill, runId, from) {
      await run(
        'UPDATE switchback.drill_under_way SET drill = $1, run = $2 WHERE run = $3',
        drill,
        runId,
        from,
      );
      return (await turn()) ?? { drill, run: runId };
    },
    underWay: async () => (await turn())?.run,
    forgetPoints: () =>
      run(`WITH gone AS (DELETE FROM switchback.drill_points) DELETE FROM switchback.drill_writes`),
    leave: (runId) =>
      run(
        `WITH own AS (DELETE FROM switchback.drill_under_way WHERE run = $1 RETURNING 1),
              gone AS (DELETE FROM switchback.drill_points WHERE EXISTS (SELECT FROM own))
         DELETE FROM switchback.drill_writes WHERE EXISTS (SELECT FROM own)`,
        runId,
      ),

    scratch: {
      async has(thing) {
        const sql = 'SELECT FROM switchback.drill_scratch WHERE thing = $1';
        return (await pool.query(sql, [thing])).rowCount !== 0;
      },
      add: (thing) =>
        run('INSERT INTO switchback.drill_scratch (thing) VALUES ($1) ON CONFLICT DO NOTHING', thing),
      remove: (thing) => run('DELETE FROM switchback.drill_scratch WHERE thing = $1', thing),
    },

    plan: (rollout, point, before) =>
      run(
        `INSERT INTO switchback.drill_points (rollout, point, before) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        rollout,
        JSON.stringify(point),
        JSON.stringify(before),
      ),
    async planned(rollout) {
      const { rows } = await pool.query<PlannedFailure>(
        'SELECT point, before, crashed FROM switchback.drill_points WHERE rollout = $1',
        [rollout],
      );
      return rows[0];
    },
    crashed: (rollout) =>
      run('UPDATE switchback.drill_points SET crashed = true WHERE rollout = $1', rollout),
    breach: (rollout, bad) =>
      run(
        'UPDATE switchback.drill_points SET breached = $2 WHERE rollout = $1 AND breached <> $2',
        rollout,
        bad,
      ),
    async isBreached() {
      const { rowCount } = await pool.query('SELECT FROM switchback.drill_points WHERE breached LIMIT 1');
      return rowCount !== 0;
    },

    intend: (rollout, { number, place, key, value }) =>
      run(
        'INSERT INTO switchback.drill_writes (rollout, number, place, key, value) VALUES ($1, $2, $3, $4, $5)',
        rollout,
        number,
        place,
        key,
        value,
      ),
    acknowledge: (rollout, number) =>
      run(
        'UPDATE switchback.drill_writes SET acknowledged = true WHERE rollout = $1 AND number = $2',
        rollout,
        number,
      ),
    forget: (rollout, number) =>
      run('DELETE FROM switchback.drill_writes WHERE rollout = $1 AND number = $2', rollout, number),
    async writes(rollout) {
      const { rows } = await pool.query<DrillWrite>(
        'SELECT number, place, key, value, acknowledged FROM switchback.drill_writes WHERE rollout = $1 ORDER BY number',
        [rollout],
      );
      return rows;
    },
  };
}
