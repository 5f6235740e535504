import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { between, circlesOf, importsOf, type Imports } from './imports.js';

const root = resolve(import.meta.dirname, '../..');

/** From the ground up: a floor imports itself and what stands before it. Workflows and activities share one. */
const floors = [['src'], ['workflows', 'activities'], ['apps'], ['demo', 'bench']];
const floorOf = (file: string) => floors.findIndex((floor) => floor.includes(file.split('/')[0] ?? ''));

/** A folder of `src/engine`; elsewhere the folder that a system or a program has. The benchmarks are one program. */
function roomOf(file: string): string {
  if (file.startsWith('bench/') && !file.startsWith('bench/workflows/')) return 'bench';
  const depth = file.startsWith('src/engine/') ? 3 : 2;
  return file.split('/').slice(0, -1).slice(0, depth).join('/');
}

let imports: Imports;

beforeAll(async () => {
  const args = [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    ...floors.flat().map((f) => `${f}/**.ts`),
  ];
  const files = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  imports = await importsOf(root, files);
});

describe('the floors', () => {
  it('have no arrow that runs back up', () => {
    const arrows = [...imports].flatMap(([from, targets]) => targets.map((to) => ({ from, to })));
    expect(arrows.length).toBeGreaterThan(1_000);
    expect(arrows.filter(({ from, to }) => floorOf(to) > floorOf(from))).toEqual([]);
  });

  it('have no circle of files, of types neither', () => {
    expect(circlesOf(imports)).toEqual([]);
  });

  it('have no circle of rooms', () => {
    expect(circlesOf(between(imports, roomOf))).toEqual([]);
  });

  it('would be told of a circle, and of each once', () => {
    const planted: Imports = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', ['e']],
      ['e', ['d']],
      ['f', ['f', 'a']],
    ]);
    expect(circlesOf(planted)).toEqual([
      ['d', 'e'],
      ['a', 'b', 'c'],
    ]);
  });
});
