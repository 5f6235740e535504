import { setTimeout as sleep } from 'node:timers/promises';
import { validate } from '../../../src/engine/plan/validate.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import type { ShopDatabase } from './database.js';

/** The step that is stopped half-way. */
export const backfillStep = 'backfill/shop.customer';

/** The plan with batches of so few rows: a backfill of thousands takes seconds. */
export function withBatchesOf(rows: number): (plan: Plan) => Plan {
  const change = (key: string, value: unknown) => (key === 'batch' ? rows : value);
  return (plan) => validate(JSON.parse(JSON.stringify(plan, change)));
}

/** How far a backfill is, as its own record says. */
export interface BackfillProgress {
  readonly state: string;
  readonly epoch: number;
  readonly rows: number;
  readonly batches: number;
}

/** Every record of a backfill that was applied, of whichever try. */
export async function backfillsOf(database: ShopDatabase, rollout: string): Promise<BackfillProgress[]> {
  const [ledger] = await database.query<{ there: boolean }>(
    `select to_regclass('switchback.ledger') is not null as there`,
  );
  if (!ledger?.there) return [];
  return database.query<BackfillProgress>(
    `select state, epoch, (progress->>'rows')::int as rows, (progress->>'batches')::int as batches
       from switchback.ledger where rollout = $1 and step = $2 and verb = 'apply'`,
    [rollout, backfillStep],
  );
}

/** Waits until some batches are committed and many are still to come. */
export async function untilHalfWay(database: ShopDatabase, rollout: string): Promise<BackfillProgress> {
  for (;;) {
    const [progress] = await backfillsOf(database, rollout);
    if (progress && progress.batches >= 5) return progress;
    await sleep(50);
  }
}
