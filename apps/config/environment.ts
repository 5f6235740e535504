import { z } from 'zod';
import { kinds } from '../../src/protocol/kind.js';
import { calendars } from './calendars.js';
import { delegations } from './identity/delegations.js';
import { drill } from './drill-settings.js';
import { door } from './identity/doors.js';
import { identity } from './identity/identity.js';
import { policy } from './identity/policy.js';
import { principals } from './identity/principals.js';
import { notify } from './notify.js';
import { metrics } from './metrics-settings.js';
import { records } from './records-settings.js';
import { httpAddress, members, nonEmpty, secret } from './settings.js';
import { slack } from './slack.js';

const flags = members({
  /** A file in flagd's JSON format. */
  file: z.string(),
  /** Where the application itself says which arm answered: asked when a rollback is verified. */
  observe: members({
    url: httpAddress,
    header: z.string(),
    candidate: z.string(),
    paths: members({ template: z.string(), from: z.number(), to: z.number() }),
  }).exactOptional(),
});

const adapter = members({
  /** A module whose default export comes from `defineAdapter`; relative to the configuration file. */
  module: z.string().min(1),
  /** What the adapter's `settings` ask for; `{ env: NAME }` takes a value from a variable. */
  settings: z.record(z.string(), z.json()).default({}),
});

/** What stands in the configuration of one environment, each section on its own. */
export const sections = members({
  kind: z.enum(kinds),
  databases: z.record(z.string(), members({ url: secret })).default({}),
  flags: z.record(z.string(), flags).default({}),
  metrics: z.record(z.string(), metrics).default({}),
  /** A team's own adapters, by the first part of their actions' kinds. */
  adapters: z.record(z.string(), adapter).default({}),
  /** Groups by person, in a local environment. */
  people: z.record(z.string(), z.array(z.string())).default({}),
  /** Groups of a local environment that may lift a stop and take orphaned locks over. */
  operators: z.array(z.string()).exactOptional(),
  /** Who is who, in a shared environment. */
  principals: principals.exactOptional(),
  delegations: delegations.exactOptional(),
  identity: identity.exactOptional(),
  door: door.exactOptional(),
  policy: policy.exactOptional(),
  calendars: calendars.exactOptional(),
  /** What a drill environment has beside what it clones. */
  drill: drill.exactOptional(),
  /** What a door evaluates, by name; relative to the configuration file. */
  runbooks: z.record(nonEmpty, nonEmpty).exactOptional(),
  /** Who is told what, beside the console of the worker. */
  notify: notify.exactOptional(),
  /** How people are asked in Slack. */
  slack: slack.exactOptional(),
  /** Where captures, plans, evidence and journals are kept, for all of the environment's workers the same. */
  records,
});

/** How one environment is reached, and who is who in it. */
export type Environment = z.output<typeof sections>;
