import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';

/** Which files each file imports, by paths from the root. Types count: a circle of types is a circle to whoever reads. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const statement = /^(?:import|export)\b[^;]*?\bfrom '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm;

/** Reads the imports of files that are given by their paths from `root`. */
export async function importsOf(root: string, files: readonly string[]): Promise<Imports> {
  const known = new Set(files);
  const read = files.map(async (file): Promise<[string, string[]]> => {
    const text = await readFile(posix.join(root, file), 'utf8');
    const found = [...text.matchAll(statement)].map(([, from, lazily]) =>
      posix.join(posix.dirname(file), from ?? lazily ?? '').replace(/\.js$/, '.ts'),
    );
    return [file, found.filter((one) => known.has(one))];
  });
  return new Map(await Promise.all(read));
}

/** The same arrows between rooms: a file stands for its folder, cut to the depth that `roomOf` says. */
export function between(imports: Imports, roomOf: (file: string) => string): Imports {
  const rooms = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const room = roomOf(file);
    const arrows = rooms.get(room) ?? new Set<string>();
    for (const target of targets) if (roomOf(target) !== room) arrows.add(roomOf(target));
    rooms.set(room, arrows);
  }
  return new Map([...rooms].map(([room, arrows]) => [room, [...arrows]]));
}

/** Every circle once, as the names on it (Tarjan's strongly connected components). */
export function circlesOf(imports: Imports): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (name: string): number => {
    const own = index.size;
    index.set(name, own);
    low.set(name, own);
    stack.push(name);
    for (const next of imports.get(name) ?? []) {
      if (!index.has(next)) low.set(name, Math.min(low.get(name) ?? own, visit(next)));
      else if (stack.includes(next)) low.set(name, Math.min(low.get(name) ?? own, index.get(next) ?? own));
    }
    if (low.get(name) === own) {
      const circle = stack.splice(stack.indexOf(name));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low.get(name) ?? own;
  };
  for (const name of imports.keys()) if (!index.has(name)) visit(name);
  return circles;
}
