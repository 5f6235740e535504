import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/** What a module loads before anything of it runs: neither types nor what is imported when it is needed. */
async function loadedBy(
  file: string,
  seen = new Map<string, string>(),
  from = '',
): Promise<Map<string, string>> {
  if (seen.has(file)) return seen;
  seen.set(file, from);
  const text = await readFile(join(root, file), 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s(?!type\s)[^;]*?from '([^']+)';|^import '([^']+)';/gm,
  );
  for (const [, from = '', alone = ''] of statements) {
    const name = from || alone;
    if (!name.startsWith('.')) seen.set(name, file);
    else await loadedBy(relative(root, join(root, dirname(file), name.replace(/\.js$/, '.ts'))), seen, file);
  }
  return seen;
}

it('a command that only shows its help loads what reads options, and nothing that talks or checks', async () => {
  const loaded = await loadedBy('apps/cli/main.ts');
  const packages = [...loaded].filter(([name]) => !name.endsWith('.ts') && !name.startsWith('node:'));
  expect(loaded.size).toBeGreaterThan(50);
  // Each of the others costs as much as all of this: it is imported by the command that needs it.
  expect(packages.filter(([name]) => !['commander', 'picocolors'].includes(name))).toEqual([]);
});
