import fc from 'fast-check';
import { expect } from 'vitest';
import { actsOf, type Act, type Plan } from '../../../src/engine/plan/plan.js';
import { cases, met } from '../effort.js';
import { run, type Script, type World } from '../world.js';
import { plans, type PlanChoices } from './plans.js';
import { scripts, type ScriptChoices } from './scripts.js';

export interface Choices {
  readonly plan?: PlanChoices;
  readonly script?: ScriptChoices;
  /** Cases in `npm run test:deep`. */
  readonly runs?: number;
  /** Changes the world after it was drawn. */
  readonly change?: (script: Script, plan: Plan) => Script;
}

/** How often each ending, and whatever else `check` answers, was seen. */
export type Counts = Record<string, number>;

/** Carries random plans out in random worlds and checks each run; answers what was seen, so that a test can demand it. */
export async function everyRun(
  choices: Choices,
  check: (world: World) => void | readonly string[],
): Promise<Counts> {
  const counts: Counts = {};
  const drawn = plans(choices.plan).chain((plan) =>
    scripts(plan, choices.script).map((script) => ({
      plan,
      script: choices.change?.(script, plan) ?? script,
    })),
  );
  await fc.assert(
    fc.asyncProperty(drawn, async ({ plan, script }) => {
      const world = await run(plan, script);
      const seen = check(world) ?? [];
      for (const name of [endingOf(world), ...new Set(seen)]) counts[name] = (counts[name] ?? 0) + 1;
    }),
    { numRuns: cases(choices.runs ?? 300) },
  );
  return counts;
}

/** A property that never met what it speaks of proves nothing. */
export function demand(counts: Counts, atLeast: Counts): void {
  for (const [name, times] of Object.entries(atLeast)) {
    expect(counts[name] ?? 0, `${name} was seen; all: ${JSON.stringify(counts)}`).toBeGreaterThanOrEqual(
      met(times),
    );
  }
}

export function endingOf({ ended }: World): string {
  return ended instanceof Error ? ended.constructor.name : ended.type;
}

export function actOf({ plan }: World, id: string | undefined): Act {
  const act = actsOf(plan).find((candidate) => candidate.id === id);
  if (!act) throw new Error(`${id} is no act of the plan`);
  return act;
}

/** Where the rollback began in the trace. */
export function unwindingAt(world: World): { index: number; at: number } | undefined {
  return world.trace.events('unwinding')[0];
}
