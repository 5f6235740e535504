import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import { isRefusal, Refusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { isRunbook, type Runbook } from '../../src/engine/plan/runbook.js';
import { describe, isModule, loadDefault } from './load-module.js';
import { readPlanFile, type LoadedPlan } from './plan-file.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';

/**
 * The plan of a runbook file (TypeScript or JavaScript) with parameters, or of a plan file (`.json`).
 *
 * @param file relative to `cwd`
 * @throws Refusal that names the file, parameter or step, what is wrong with it, and the fix
 */
export async function loadPlan(file: string, params: JsonObject, cwd = process.cwd()): Promise<LoadedPlan> {
  const path = resolve(cwd, file);
  await refuseUnlessFile(file, path);
  const extension = extname(path);
  if (extension === '.json') {
    const [given] = Object.keys(params);
    if (given === undefined) return readPlanFile(file, await readFile(path, 'utf8'));
    const fix = 'evaluate the runbook again with other parameters';
    throw new Refusal(`parameter ${given}`, `cannot change ${file}: a plan has its parameters in it`, fix);
  }
  if (!isModule(path)) {
    throw new Refusal(
      `runbook ${file}`,
      'is neither TypeScript, JavaScript nor a JSON plan',
      'name a .ts, .js or .json file',
    );
  }
  const runbook = await loadRunbook(file, path);
  const plan = evaluate(file, runbook, params);
  return { plan, digest: planDigest(plan), params };
}

/** Refuses a path that is no file that can be read, and says what there is instead. */
export async function refuseUnlessFile(file: string, path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error && found.code !== 'ENOENT' && found.code !== 'ENOTDIR') {
    throw new Refusal(
      `runbook ${file}`,
      `cannot be read (${found.code})`,
      'give it rights, or name another file',
    );
  }
  if (found instanceof Error) throw new Refusal(`runbook ${file}`, 'does not exist', await othersThere(path));
  if (!found.isFile())
    throw new Refusal(`runbook ${file}`, 'is no file', await othersThere(resolve(path, 'x')));
}

async function othersThere(path: string): Promise<string> {
  const directory = dirname(path);
  const names = await readdir(directory).catch(() => [] as string[]);
  const runbooks = names.filter((name) => /(?<!\.d)\.[cm]?[jt]s$/.test(name) && name !== basename(path));
  if (runbooks.length === 0) return 'give the path of a runbook or of a plan in JSON';
  return `in ${relative(process.cwd(), directory) || '.'} there are ${runbooks.slice(0, 5).join(', ')}`;
}

/** The runbook that a module exports. Throws `Refusal` when it exports none. */
export async function loadRunbook(file: string, path: string): Promise<Runbook> {
  const found = await loadDefault(`runbook ${file}`, path, isRunbook);
  if (found) return found;
  throw new Refusal(
    `runbook ${file}`,
    'is none: its default export does not come from runbook({ ... })',
    'write: export default runbook({ name, owner, why, hypothesis, params, plan })',
  );
}

function evaluate(file: string, runbook: Runbook, params: JsonObject): Plan {
  try {
    return runbook.evaluate(params);
  } catch (error) {
    if (isRefusal(error)) throw error;
    throw new Refusal(`runbook ${file}`, `threw while it made a plan: ${describe(error)}`, 'fix the runbook');
  }
}
