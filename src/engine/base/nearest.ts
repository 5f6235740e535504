/** The names most like `wanted`, nearest first: at most `count`, and none that has little to do with it. */
export function nearest(wanted: string, names: Iterable<string>, count = 3): string[] {
  return [...new Set(names)]
    .map((name) => ({ name, distance: distance(wanted, name) }))
    .filter(({ name, distance }) => distance <= Math.max(wanted.length, name.length) / 2)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}

/**
 * Whether a name is most likely another one misspelt: the same but for case and separators, or one letter off in a word
 * of at least five. Names with digits are told apart by them (`v1` and `v2`, `404` and `500`): those are never misspelt.
 */
export function isNearMiss(wanted: string, name: string): boolean {
  if (wanted === name) return false;
  if (withoutSeparators(wanted) === withoutSeparators(name)) return true;
  if (/\d/.test(wanted + name) || Math.max(wanted.length, name.length) < 5) return false;
  return distance(wanted, name) <= 1 || isSwapped(wanted, name);
}

function withoutSeparators(name: string): string {
  return name.toLowerCase().replace(/[\s_./-]/g, '');
}

/** Two neighbours have changed places. */
function isSwapped(a: string, b: string): boolean {
  const at = Array.from(a).findIndex((character, index) => character !== b[index]);
  return a.slice(0, at) + (a[at + 1] ?? '') + (a[at] ?? '') + a.slice(at + 2) === b;
}

/** Levenshtein's distance: how many characters must be put in, left out or replaced. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, right] of Array.from(b).entries()) {
      const replaced = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
