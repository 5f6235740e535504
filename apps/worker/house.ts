import { windowOf, type Calendar } from '../../activities/calendar/calendars.js';
import { dirname, resolve } from 'node:path';
import type { Ground } from '../../src/drill/ground.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { Verbs } from '../../src/engine/state/ports.js';
import type { House } from '../../src/engine/state/values.js';
import { ableToApprove } from '../../src/identity/quorum.js';
import { everyRunbook, has } from '../../src/identity/rights.js';
import { proofWindow } from './drill/proof-window.js';
import { drillPolicyOf } from '../config/drill-policy.js';
import { policyOf } from '../config/identity/policy-of.js';
import { directoryOf } from '../config/identity/directory.js';
import type { Environment } from '../config/config.js';

/** What an environment asks of every rollout, as activities: as of now, by its configuration. */
export interface HouseActivities {
  able(input: Verbs['able']['in']): Promise<Verbs['able']['out']>;
  window(input: Verbs['window']['in']): Promise<Verbs['window']['out']>;
}

/**
 * @param config path of the configuration file, from which calendars are reached
 * @param groundOf what the plan of the rollout that asks is carried out on
 */
export function houseActivities(
  current: () => Promise<Environment>,
  config: string,
  groundOf?: (plan: Plan) => Promise<Ground>,
): HouseActivities {
  return {
    async able({ gates, runbook, fromFile, ...origin }) {
      const environment = await current();
      const directory = directoryOf(environment);
      const policy = policyOf(environment);
      // A plan from a file may call itself anything: only a right on all counts for it.
      const of = fromFile ? everyRunbook : runbook;
      const may = (name: string) => environment.kind !== 'shared' || has(policy, name, 'approve', of);
      return Object.fromEntries(
        gates.map((gate) => [gate.step, ableToApprove(directory, gate, origin, may)]),
      );
    },
    async window({ runbook, at, promotes }) {
      if (promotes) return proofWindow(await current(), config, promotes, at, groundOf);
      return windowOf(calendarsOf(await current(), config), runbook, at);
    },
  };
}

/** What a rollout has to know of the environment before it begins; undefined where nothing of it holds. */
function houseOf(environment: Environment): House | undefined {
  const { kind, calendars = {} } = environment;
  const house: House = {
    ...(kind === 'shared' && { shared: true }),
    ...(Object.keys(calendars).length > 0 && { calendars: true }),
    ...(drillPolicyOf(environment) && { drills: true }),
  };
  return Object.keys(house).length > 0 ? house : undefined;
}

/** What a verb found, with what a rollout has to know of the environment. */
export async function withHouse<T extends object>(
  environment: Environment,
  found: Promise<T>,
): Promise<T & { readonly house?: House }> {
  const house = houseOf(environment);
  return { ...(await found), ...(house && { house }) };
}

function calendarsOf({ calendars = {} }: Environment, config: string): Record<string, Calendar> {
  const folder = dirname(resolve(config));
  return Object.fromEntries(
    Object.entries(calendars).map(([name, calendar]) => [
      name,
      { ...calendar, file: resolve(folder, calendar.file) },
    ]),
  );
}
