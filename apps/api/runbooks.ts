import { resolve } from 'node:path';
import type { JsonObject } from '../../src/engine/base/json.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { Absent } from '../client/refusals.js';
import { loadPlan } from '../config/load-runbook.js';
import type { LoadedPlan } from '../config/plan-file.js';

/** The runbooks that a door evaluates. */
export interface Runbooks {
  names(): readonly string[];
  /** The plan of a runbook with parameters. Throws `Absent` for one that is not listed, `Refusal` for what is wrong. */
  evaluate(name: string, params: JsonObject): Promise<LoadedPlan>;
}

/** Runbooks by name, as the configuration lists them: never code, a path or an address that somebody sends. */
export function listedRunbooks(listed: () => Readonly<Record<string, string>>, directory: string): Runbooks {
  return {
    names: () => Object.keys(listed()).sort(),
    async evaluate(name, params) {
      const files = listed();
      const file = Object.hasOwn(files, name) ? files[name] : undefined;
      if (file === undefined) {
        const known = Object.keys(files).join(', ') || 'none';
        throw new Absent(`runbook ${name}`, 'is not listed here', `use one of those that are: ${known}`);
      }
      const loaded = await loadPlan(resolve(directory, file), params);
      if (loaded.plan.runbook === name) return loaded;
      const fix = 'list it under its own name';
      throw new Refusal(`runbook ${name}`, `calls itself ${loaded.plan.runbook}`, fix);
    },
  };
}
