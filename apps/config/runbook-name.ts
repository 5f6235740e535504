import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { isModule } from './load-module.js';
import { loadRunbook, refuseUnlessFile } from './load-runbook.js';
import { readPlanFile } from './plan-file.js';

/**
 * What a runbook is called: the name itself, or the file's that has it (TypeScript, JavaScript, or a plan in JSON). No
 * parameter is asked for.
 *
 * @param given a name, or a path relative to `cwd`
 * @throws Refusal that names the file, what is wrong with it, and the fix
 */
export async function runbookName(given: string, cwd = process.cwd()): Promise<string> {
  const isPlan = extname(given) === '.json';
  if (!isPlan && !isModule(given) && !given.includes('/')) return given;
  const path = resolve(cwd, given);
  await refuseUnlessFile(given, path);
  if (isPlan) return readPlanFile(given, await readFile(path, 'utf8')).plan.runbook;
  return (await loadRunbook(given, path)).name;
}
