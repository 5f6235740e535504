import { canonicalJson, type Json, type JsonObject } from '../base/json.js';
import { stepsOf, type Plan } from './plan.js';

/** One place in which two plans differ. A side that has nothing there is absent. */
export interface PlanChange {
  /** `step expose/split/5: exposure.percent`, `guard errors`, `deadlines.act`, `order of steps`. */
  readonly at: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** What is another in `after` than in `before`; empty when both have the same digest. Steps and guards go by name. */
export function planDiff(before: Plan, after: Plan): readonly PlanChange[] {
  return [
    ...members(headOf(before), headOf(after), ''),
    ...named('step', stepsByName(before), stepsByName(after)),
    ...orders('steps', Object.keys(stepsByName(before)), Object.keys(stepsByName(after))),
    ...named('guard', guardsByName(before), guardsByName(after)),
    ...orders('guards', Object.keys(guardsByName(before)), Object.keys(guardsByName(after))),
  ];
}

function headOf({ phases: _phases, guards: _guards, ...head }: Plan): JsonObject {
  return head as unknown as JsonObject;
}

function stepsByName(plan: Plan): Record<string, JsonObject> {
  const entries = stepsOf(plan).map(({ phase, step }) => [step.id, { phase, ...step }] as const);
  return Object.fromEntries(entries) as unknown as Record<string, JsonObject>;
}

function guardsByName({ guards }: Plan): Record<string, JsonObject> {
  return Object.fromEntries(guards.map((guard) => [guard.name, guard as unknown as JsonObject]));
}

/** What only one side has is told whole; of what both have, each member that differs. */
function named(
  kind: string,
  before: Readonly<Record<string, JsonObject>>,
  after: Readonly<Record<string, JsonObject>>,
): PlanChange[] {
  return namesOf(before, after).flatMap((name): PlanChange[] => {
    const [was, is] = [before[name], after[name]];
    if (was && is) return members(was, is, `${kind} ${name}: `);
    return [{ at: `${kind} ${name}`, ...(was && { before: was }), ...(is && { after: is }) }];
  });
}

/** The order of what both have: what came or went is told by itself. */
function orders(kind: string, before: readonly string[], after: readonly string[]): PlanChange[] {
  const was = before.filter((name) => after.includes(name));
  const is = after.filter((name) => before.includes(name));
  return canonicalJson(was) === canonicalJson(is) ? [] : [{ at: `order of ${kind}`, before: was, after: is }];
}

function members(before: JsonObject, after: JsonObject, path: string): PlanChange[] {
  return namesOf(before, after).flatMap((name): PlanChange[] => {
    const [was, is] = [before[name], after[name]];
    const at = `${path}${name}`;
    if (isObject(was) && isObject(is)) return members(was, is, `${at}.`);
    if (was !== undefined && is !== undefined && canonicalJson(was) === canonicalJson(is)) return [];
    if (was === undefined && is === undefined) return [];
    return [{ at, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function namesOf(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}
