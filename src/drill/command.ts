import type { Json } from '../engine/base/json.js';
import type { Plan } from '../engine/plan/plan.js';

/** Where a plan is drilled. */
interface Place {
  /** The drill environment. */
  readonly environment: string;
  /** The file of its runbook, where the configuration lists it. */
  readonly file?: string;
}

/**
 * The command that drills a plan so that its environment believes it, as it is typed in a shell: the same parameters, and
 * a door that vouches for who drills. What nobody knows here stands in capitals.
 *
 * @example
 * drillCommand(plan, { environment: 'drills', file: 'split-name.ts' });
 * // switchback drill run split-name.ts --env drills --server URL --param canaryFor=30m
 */
export function drillCommand({ params }: Plan, { environment, file = 'FILE' }: Place): string {
  const given = Object.entries(params).map(
    ([name, value]) => `--param ${inShell(`${name}=${textOf(value)}`)}`,
  );
  return ['switchback drill run', file, `--env ${environment}`, '--server URL', ...given].join(' ');
}

/** As `--param` takes it: text that would be read as JSON is written as JSON. */
function textOf(value: Json = null): string {
  return typeof value === 'string' && !isJson(value) ? value : JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function inShell(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
