import { readFileSync } from 'node:fs';

/** The version of this package, from its own file: found above the sources and above what is built from them. */
export function packageVersion(): string {
  for (const up of ['../../', '../../../']) {
    try {
      const text = readFileSync(new URL(`${up}package.json`, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      // It is one level up.
    }
  }
  return 'unknown';
}
