import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';

/** Lock not available, deadlock, serialisation failure, statement timeout: another try may well succeed. */
const passing = new Set(['55P03', '40P01', '40001', '57014']);

/** Is this a failure that comes from others working at the same time? */
export function isPassing(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && passing.has(error.code);
}

/** Is this an expression that does not bear the values of a row? */
export function isDataError(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code?.startsWith('22') === true;
}

/** Classes of SQLSTATE that mean the statement is wrong for this table and data, whenever it is tried. */
const fixes: Record<string, string> = {
  '0A': 'change the plan: this server or table does not support it',
  '22': "correct the expression so that it works for every row's values",
  '23': 'correct the expression or the rows that break the constraint',
  '2B': 'drop or change the objects that depend on it first',
  '42': 'correct the plan, or give the right that is missing',
};

/** Turns what the server says will never work into a `Refusal`; everything else stays what it is. */
export function judged(thing: string, error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return error;
  const fix = fixes[error.code.slice(0, 2)];
  if (!fix) return error;
  const detail = error.detail ? ` (${error.detail})` : '';
  const refusal = new Refusal(thing, `${error.message}${detail}`, fix);
  refusal.cause = error;
  return refusal;
}
