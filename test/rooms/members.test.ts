import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/**
 * What belongs to a class alone is `#`: it is so at run time, too, for authors whose tests come without our types. Only a
 * constructor cannot be.
 */
const isPrivate = /(?:^|[(,])\s*(?:private|protected)\s+(?!constructor\b)(?:\w+\s+)*\w+\s*[?!]?\s*[:(=;<]/;

const findings = (source: string) => source.split('\n').filter((line) => isPrivate.test(line));

it('members are hidden in one way', async () => {
  const list = execFileSync('git', ['ls-files', '*.ts'], { cwd: root, encoding: 'utf8' });
  const files = list
    .trim()
    .split('\n')
    .filter((file) => file !== 'test/rooms/members.test.ts');
  expect(files.length).toBeGreaterThan(500);
  const found = await Promise.all(
    files.map(async (file) =>
      findings(await readFile(join(root, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
    ),
  );
  expect(found.flat()).toEqual([]);
});

it.each([
  '  private readonly clock: Clock;',
  '  private last = 0;',
  '  private async read(): Promise<void> {',
  '  constructor(private readonly clock: Clock) {}',
  '    protected file: string,',
])('would find %s', (line) => {
  expect(findings(line)).toEqual([line]);
});

it.each([
  '  private constructor(clock: Clock) {',
  '  readonly #clock: Clock;',
  ' * The private key of a door: one variable has it.',
  '    `The private key of door ${door}. It is shown this once: set it`,',
])('would not find %s', (line) => {
  expect(findings(line)).toEqual([]);
});
