import type pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Target } from '../../src/engine/plan/plan.js';
import type { Capture } from '../../src/engine/state/values.js';

/** Captures by rollout and target: the known-good states, outside of workflow histories. Never overwritten. */
export interface CaptureStore {
  /** Keeps the first capture of a target in a rollout, and returns that first one. */
  putIfAbsent(rollout: string, target: Target, capture: Capture): Promise<Capture>;
  get(rollout: string, target: Target): Promise<Capture | undefined>;
  /** All captures of a rollout, by target. */
  list(rollout: string): Promise<Capture[]>;
}

interface Row {
  readonly target: Target;
  readonly capture: Capture;
}

/** Captures as rows. One that was changed into something else is a `Refusal`. */
export function captureStore(pool: pg.Pool): CaptureStore {
  async function get(rollout: string, target: Target): Promise<Capture | undefined> {
    const { rows } = await pool.query<Row>(
      'SELECT target, capture FROM switchback.captures WHERE rollout = $1 AND target = $2',
      [rollout, target],
    );
    return rows[0] && captureOf(rollout, rows[0]);
  }

  return {
    async putIfAbsent(rollout, target, capture) {
      const { rowCount } = await pool.query(
        'INSERT INTO switchback.captures (rollout, target, capture) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [rollout, target, JSON.stringify(capture)],
      );
      return rowCount === 1 ? capture : ((await get(rollout, target)) ?? capture);
    },

    get,

    async list(rollout) {
      const { rows } = await pool.query<Row>(
        'SELECT target, capture FROM switchback.captures WHERE rollout = $1 ORDER BY target COLLATE "C"',
        [rollout],
      );
      return rows.map((row) => captureOf(rollout, row));
    },
  };
}

function captureOf(rollout: string, { target, capture }: Row): Capture {
  if (capture?.target === target && typeof capture.state === 'object') return capture;
  throw new Refusal(
    `capture of ${target} in ${rollout}`,
    'is not what was kept',
    'put it back from a backup: it was changed after it was written',
  );
}
