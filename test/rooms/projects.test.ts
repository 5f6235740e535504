import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { matchesGlob, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { deep, properties, servers } from '../projects.js';
import { importsOf, type Imports } from './imports.js';

const root = resolve(import.meta.dirname, '../..');
const isIn = (globs: readonly string[]) => (file: string) => globs.some((glob) => matchesGlob(file, glob));

let tests: readonly string[];
let needing: readonly string[];

beforeAll(async () => {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'];
  const files = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  tests = files.filter((file) => /^test\/.*\.test\.ts$/.test(file));
  const asking = await Promise.all(
    files.map(async (file) =>
      /\binject\('(?:temporal|postgres)/.test(await readFile(resolve(root, file), 'utf8')) ? [file] : [],
    ),
  );
  needing = reaching(await importsOf(root, files), new Set(asking.flat()), tests);
});

describe('the projects of the tests', () => {
  it('start servers for every file that asks for them', () => {
    expect(needing.length).toBeGreaterThan(40);
    expect(needing.filter((file) => !isIn([...servers, ...deep])(file))).toEqual([]);
  });

  it('start none for a file that asks for nothing', () => {
    expect(tests.filter(isIn(servers)).filter((file) => !needing.includes(file))).toEqual([]);
  });

  it('name files that are there', () => {
    expect([...servers, ...deep, ...properties].filter((glob) => !tests.some(isIn([glob])))).toEqual([]);
  });

  it('would find a file that asks for servers through another', () => {
    const planted: Imports = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['d', []],
    ]);
    expect(reaching(planted, new Set(['c']), ['a', 'd'])).toEqual(['a']);
  });
});

/** Those of `files` from which an import leads, near or far, to one of `wanted`. */
function reaching(imports: Imports, wanted: ReadonlySet<string>, files: readonly string[]): string[] {
  const leads = (file: string, seen: Set<string>): boolean => {
    if (wanted.has(file)) return true;
    if (seen.has(file)) return false;
    seen.add(file);
    return (imports.get(file) ?? []).some((next) => leads(next, seen));
  };
  return files.filter((file) => leads(file, new Set()));
}
