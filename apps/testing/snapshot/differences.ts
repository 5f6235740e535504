import { differingObjects } from '../../../activities/drill/objects.js';
import type { DatabaseSnapshot } from './database-snapshot.js';
import type { TableSnapshot } from './rows.js';

/** So many rows are named of a table. */
const mostKeys = 5;

/**
 * What is not as before, a sentence each; empty when all of it is. Objects come first, then rows.
 *
 * @example
 * differencesOfDatabases(before, now); // ['column shop.customer.first_name is left over']
 */
export function differencesOfDatabases(before: DatabaseSnapshot, now: DatabaseSnapshot): string[] {
  const tables = Object.keys(before.tables).filter((name) => now.tables[name] !== undefined);
  return [
    ...differingObjects(before.objects, now.objects),
    ...tables.flatMap((name) => differencesOfRows(name, before.tables[name]!, now.tables[name]!)),
  ];
}

function differencesOfRows(name: string, before: TableSnapshot, now: TableSnapshot): string[] {
  if (before.rows === now.rows && before.sum === now.sum) return [];
  const [was, is] = [before.byKey, now.byKey];
  if (!was || !is) {
    return [
      `rows of ${name} differ: ${before.rows} with checksum ${before.sum} before, ${now.rows} with ${now.sum} now`,
    ];
  }
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const told = (what: string, found: readonly string[]) =>
    found.length === 0 ? [] : [`${found.length} rows of ${name} ${what} (key ${someOf(found)})`];
  return [
    ...told(
      'are gone',
      keys.filter((key) => is[key] === undefined),
    ),
    ...told(
      'are there that were not',
      keys.filter((key) => was[key] === undefined),
    ),
    ...told(
      'have other values',
      keys.filter((key) => was[key] !== undefined && is[key] !== undefined && was[key] !== is[key]),
    ),
  ];
}

function someOf(keys: readonly string[]): string {
  return keys.slice(0, mostKeys).join(', ') + (keys.length > mostKeys ? ', ...' : '');
}
