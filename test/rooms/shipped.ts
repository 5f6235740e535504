import { posix } from 'node:path';

/** What a package.json says of what is packed, and of what whoever installs it gets beside. */
export interface Manifest {
  readonly name: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What is there when the program runs: types are gone by then. */
const statement =
  /^(?:import|export)\s+(?!type\b)[^;']*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)|new URL\('(\.[^']+\.js)', import\.meta\.url\)/gm;

/** Whether what is built of a source file is packed: lists of packed folders, and of those that are left out. */
export function isShipped({ files }: Manifest, source: string): boolean {
  const built = `dist/${source}`;
  const within = (folder: string) => built === folder || built.startsWith(`${folder}/`);
  const left = files.flatMap((file) => (file.startsWith('!') ? [file.slice(1)] : []));
  return files.some(within) && !left.some(within);
}

/** Imports of packed files that fail where the package is installed: of what is not packed, nor installed with it. */
export function missingWhereInstalled(manifest: Manifest, sources: ReadonlyMap<string, string>): string[] {
  const installed = new Set([
    manifest.name,
    ...Object.keys(manifest.dependencies),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]);
  return [...sources].flatMap(([file, text]) => {
    if (!isShipped(manifest, file)) return [];
    return [...text.matchAll(statement)].flatMap((match) => {
      const target = match.slice(1).find((one) => one !== undefined) ?? '';
      return isThere(target, file) ? [] : [`${file} imports ${target}`];
    });
  });

  function isThere(target: string, from: string): boolean {
    if (target.startsWith('node:')) return true;
    if (!target.startsWith('.')) return installed.has(packageOf(target));
    const source = posix.join(posix.dirname(from), target).replace(/\.js$/, '.ts');
    return !sources.has(source) || isShipped(manifest, source);
  }
}

/** `@slack/bolt` of `@slack/bolt/deep`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
