import type { DatabaseSnapshot } from './database-snapshot.js';
import type { TableSnapshot } from './rows.js';

/** So many rows are named of a table. */
const mostKeys = 5;

/**
 * What is not as before, a sentence each; empty when all of it is. Objects come first, then rows.
 *
 * @example
 * differencesOfDatabases(before, now); // ['column shop.customer.first_name is there, and was not before']
 */
export function differencesOfDatabases(before: DatabaseSnapshot, now: DatabaseSnapshot): string[] {
  const tables = Object.keys(before.tables).filter((name) => now.tables[name] !== undefined);
  return [
    ...differencesByName(before.objects, now.objects),
    ...tables.flatMap((name) => differencesOfRows(name, before.tables[name]!, now.tables[name]!)),
  ];
}

/** The same for whatever has names and texts that define it: what came, what went, what is otherwise. */
export function differencesByName(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const [was, is] = [before[name], now[name]];
    if (was === is) return [];
    if (was === undefined) return [`${name} is there, and was not before`];
    if (is === undefined) return [`${name} is gone`];
    return [`${name} was ${was}, and is ${is}`];
  });
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
