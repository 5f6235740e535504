import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Refusal } from '../../src/engine/base/errors.js';

/** Only these need tsx: loading it takes longer than the rest. */
const typescript = new Set(['.ts', '.mts', '.cts', '.tsx']);
const javascript = new Set(['.js', '.mjs', '.cjs']);

/** Whether a path is one of a TypeScript or JavaScript module. */
export function isModule(path: string): boolean {
  return typescript.has(extname(path)) || javascript.has(extname(path));
}

/**
 * The default export of a module when it is what `is` says; undefined when it is not.
 *
 * @param thing what is loaded, for people: `runbook runbooks/a.ts`
 * @throws Refusal when the module cannot be loaded
 */
export async function loadDefault<T>(
  thing: string,
  path: string,
  is: (value: unknown) => value is T,
): Promise<T | undefined> {
  let loaded: unknown;
  try {
    loaded = await importModule(path);
  } catch (error) {
    throw new Refusal(thing, `cannot be loaded: ${describe(error)}`, mendOf(error));
  }
  // A CommonJS module that is loaded as ES module has its default export wrapped once more.
  for (let at = loaded, depth = 0; depth < 3 && typeof at === 'object' && at !== null; depth++) {
    at = (at as { default?: unknown }).default;
    if (is(at)) return at;
  }
  return undefined;
}

async function importModule(path: string): Promise<unknown> {
  const url = pathToFileURL(path).href;
  if (javascript.has(extname(path))) return import(url);
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(url, import.meta.url);
}

/** An error in one line. */
export function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // esbuild begins with a headline and then says the place, one fault a line.
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Transform failed'));
  return (lines[0] ?? text).trim();
}

function mendOf(error: unknown): string {
  const missing = /^Cannot find (?:package|module) '([^./'][^']*)'/.exec(
    error instanceof Error ? error.message : '',
  );
  if (missing) return `install it where the file is: npm install ${missing[1]}`;
  return 'fix the file';
}
