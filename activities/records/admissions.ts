import type pg from 'pg';

/** Which rollouts were admitted, each with the run that it began with. */
export interface AdmissionStore {
  /** Whether a rollout may begin with this run: the first that asks, and the same again. */
  admit(rollout: string, firstRun: string): Promise<boolean>;
}

/** Admissions as rows. */
export function admissionStore(pool: pg.Pool): AdmissionStore {
  return {
    async admit(rollout, firstRun) {
      await pool.query(
        'INSERT INTO switchback.admissions (rollout, first_run) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [rollout, firstRun],
      );
      const { rows } = await pool.query<{ first_run: string }>(
        'SELECT first_run FROM switchback.admissions WHERE rollout = $1',
        [rollout],
      );
      return rows[0]?.first_run === firstRun;
    },
  };
}
