import { Refusal } from '../../../src/engine/base/errors.js';
import type { Json } from '../../../src/engine/base/json.js';
import { actsOf, type Act, type Plan } from '../../../src/engine/plan/plan.js';
import type { LocalTargets } from './options.js';

/**
 * Throws a `Refusal` when a plan takes nothing back, or acts on something of which nobody said how it begins: before a
 * server is started, and not as a rollout that is refused at each point.
 */
export function requireComplete(plan: Plan, targets: LocalTargets): void {
  requireWayBack(plan);
  for (const act of actsOf(plan)) requireKnown(plan, act, targets);
}

/** Without one every point is green, and nothing is proved. */
function requireWayBack(plan: Plan): void {
  if (actsOf(plan).some(({ undo }) => undo.type === 'act' || undo.type === 'restore')) return;
  throw new Refusal(
    `drill of ${plan.runbook}`,
    'has no act that is taken back, so there is nothing to drill',
    'give the acts that change something an undo, or leave the drill out',
  );
}

function requireKnown(
  { runbook }: Plan,
  act: Act,
  { databases = {}, flags = {}, systems = [] }: LocalTargets,
) {
  const { kind, input } = act.do;
  const name = kind.split('.')[0];
  const missing = (rule: string, fix: string) => {
    throw new Refusal(`drill of ${runbook}: ${act.id}`, rule, fix);
  };
  if (name === 'postgres') {
    const db = nameIn(input['db']);
    if (Object.hasOwn(databases, db)) return;
    return missing(
      `acts on database ${db}, and nobody says how that begins`,
      `give drill { databases: { ${db}: { begin: 'CREATE TABLE ...' } } }`,
    );
  }
  if (name === 'flags') {
    const store = nameIn(input['store']);
    if (Object.hasOwn(flags, store)) return;
    return missing(
      `acts on flag store ${store}, and nobody says how that begins`,
      `give drill { flags: { ${store}: { flags: { ... } } } }`,
    );
  }
  if (systems.some(({ adapter }) => adapter.name === name)) return;
  missing(
    `is performed by ${name}, and no system of that name is given`,
    `give drill { systems: [{ adapter, begin }] } with the adapter ${name}`,
  );
}

/** An input that has no name there is refused by the adapter itself, which says why. */
function nameIn(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
