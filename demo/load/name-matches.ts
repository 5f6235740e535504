import type { NameRecord, WrittenName } from './ledger.js';

/** The name columns of one row; a column that the table does not have is absent. */
export interface NameRow {
  readonly full_name?: string | null;
  readonly first_name?: string | null;
  readonly last_name?: string | null;
}

/** Whether a row holds a name that the ledger allows: the last acknowledged one, or one whose fate is in doubt. */
export function nameMatches({ last, maybe }: NameRecord, row: NameRow): boolean {
  // The name before the run is not in the ledger: a doubtful rename that did not happen leaves one unknown here.
  if (last === null) return Boolean(row.full_name) || Boolean(row.first_name);
  return [last, ...maybe].some((name) => holds(row, name));
}

/** Every column that exists must hold the name: a right one does not make up for a wrong one. */
function holds(row: NameRow, name: WrittenName): boolean {
  const hasFull = row.full_name !== undefined;
  const hasParts = row.first_name !== undefined && row.last_name !== undefined;
  if (!hasFull && !hasParts) return false;
  return (!hasFull || row.full_name === name.full) && (!hasParts || holdsParts(row, name, hasFull));
}

function holdsParts(row: NameRow, name: WrittenName, hasFull: boolean): boolean {
  const { first_name: first, last_name: last } = row;
  if (name.arm === 'candidate') return first === name.given && last === name.family;
  // Rows that no backfill has reached yet have no parts; what the baseline wrote is then safe in the full name.
  if (first === null && last === null) return hasFull;
  return [first, last].filter((part) => part !== null && part !== '').join(' ') === name.full;
}
