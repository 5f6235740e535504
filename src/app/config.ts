import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { milliseconds, type Duration } from '../engine/duration.js';
import { Refusal } from '../engine/errors.js';

/** A secret stands in the file itself only in local environments; elsewhere the file names a variable. */
const secret = z.union([z.string().min(1), z.strictObject({ env: z.string().min(1) })]);

const labels = z.record(z.string(), z.string());

/** A length of time such as `15s`, in milliseconds. */
const duration = z.string().transform((text, context) => {
  try {
    return milliseconds(text as Duration);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

const prometheus = z.strictObject({
  /** Where the HTTP API begins, without `/api/v1`. */
  url: z.url(),
  /** How often Prometheus scrapes each process. */
  interval: duration,
  /** The labels that name a process. */
  instance: z.array(z.string()).min(1).exactOptional(),
  bearer: secret.exactOptional(),
  basic: z.strictObject({ user: z.string(), password: secret }).exactOptional(),
  /** Such as the tenant's. */
  headers: z.record(z.string(), secret).exactOptional(),
});

const metrics = z
  .strictObject({
    /** A text exposition; or else `prometheus`. */
    url: z.url().exactOptional(),
    prometheus: prometheus.exactOptional(),
    /** Counter of requests by arm and outcome. */
    requests: z.string(),
    /** The labels that mark a failed request. */
    failed: labels,
    /** Histogram of durations in seconds. */
    duration: z.string(),
    arm: z.strictObject({ label: z.string(), baseline: z.string(), candidate: z.string() }),
    where: labels.exactOptional(),
  })
  .superRefine(({ url, prometheus }, context) => {
    const refuse = (message: string, ...path: string[]) =>
      context.addIssue({ code: 'custom', path, message });
    if ((url === undefined) === (prometheus === undefined)) {
      refuse('give either url, of a text exposition, or prometheus, of a server that is asked');
    }
    const names = Object.keys(prometheus?.headers ?? {}).map((name) => name.toLowerCase());
    if (prometheus?.bearer !== undefined && prometheus.basic !== undefined) {
      refuse('give either bearer or basic', 'prometheus');
    }
    if (names.includes('authorization')) {
      refuse('give bearer or basic instead of this header', 'prometheus', 'headers', 'authorization');
    }
  });

const flags = z.strictObject({
  /** A file in flagd's JSON format. */
  file: z.string(),
  /** Where the application itself says which arm answered: asked when a rollback is verified. */
  observe: z
    .strictObject({
      url: z.url(),
      header: z.string(),
      candidate: z.string(),
      paths: z.strictObject({ template: z.string(), from: z.number(), to: z.number() }),
    })
    .exactOptional(),
});

const adapter = z.strictObject({
  /** A module whose default export comes from `defineAdapter`; relative to the configuration file. */
  module: z.string().min(1),
  /** What the adapter's `settings` ask for; `{ env: NAME }` takes a value from a variable. */
  settings: z.record(z.string(), z.json()).default({}),
});

const environment = z
  .strictObject({
    /** `local`: people are taken by their name. `shared`: only signed decisions count. */
    kind: z.enum(['local', 'shared']),
    databases: z.record(z.string(), z.strictObject({ url: secret })).default({}),
    flags: z.record(z.string(), flags).default({}),
    metrics: z.record(z.string(), metrics).default({}),
    /** A team's own adapters, by the first part of their actions' kinds. */
    adapters: z.record(z.string(), adapter).default({}),
    /** Groups by person. */
    people: z.record(z.string(), z.array(z.string())).default({}),
    /** Groups that may lift a stop and take orphaned locks over. */
    operators: z.array(z.string()).exactOptional(),
    /** Directory of captures, evidence and journals, shared by the environment's workers. */
    records: z.string(),
  })
  .superRefine(({ kind, databases, metrics }, context) => {
    if (kind === 'local') return;
    const secrets = [
      ...Object.entries(databases).map(([name, { url }]) => [url, 'databases', name, 'url'] as const),
      ...Object.entries(metrics).flatMap(([name, { prometheus }]) => [
        [prometheus?.bearer, 'metrics', name, 'prometheus', 'bearer'] as const,
        [prometheus?.basic?.password, 'metrics', name, 'prometheus', 'basic', 'password'] as const,
      ]),
    ];
    for (const [value, ...path] of secrets) {
      if (typeof value !== 'string') continue;
      const message = 'only a local environment may hold a secret itself: write {"env": "VARIABLE"} instead';
      context.addIssue({ code: 'custom', path, message });
    }
  });

const configuration = z.strictObject({ environments: z.record(z.string(), environment) });

/** How one environment is reached, and who is who in it. */
export type Environment = z.output<typeof environment>;
export type Configuration = z.output<typeof configuration>;

/** The file that is read when none is named. */
export const defaultConfigFile = 'switchback.config.json';

/** Reads a configuration file. Throws `Refusal` that names file, member and mend. */
export async function readConfiguration(file: string): Promise<Configuration> {
  const path = resolve(file);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      `configuration ${path}`,
      `cannot be read (${error.code})`,
      'name another with --config',
    );
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Refusal(
      `configuration ${path}`,
      'is not JSON',
      error instanceof Error ? error.message : String(error),
    );
  }
  const parsed = configuration.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const member = issue?.path.join('.') || 'the file';
  throw new Refusal(`configuration ${path}`, `${member}: ${issue?.message}`, 'see docs/configuration.md');
}

/** One environment of a configuration. Throws `Refusal` naming those there are. */
export function environmentOf(config: Configuration, name: string): Environment {
  const found = Object.hasOwn(config.environments, name) ? config.environments[name] : undefined;
  if (found) return found;
  const known = Object.keys(config.environments).join(', ');
  throw new Refusal(`environment ${name}`, 'is not in the configuration', `use one of ${known}`);
}

/** The text of a secret. Throws `Refusal` naming the variable when it is not set. */
export function reveal(value: z.output<typeof secret>): string {
  if (typeof value === 'string') return value;
  const text = process.env[value.env];
  if (text) return text;
  throw new Refusal(
    `variable ${value.env}`,
    'is not set',
    'the configuration takes a secret from it: set it for the worker',
  );
}

/** The task queue of an environment's workers. */
export function taskQueueOf(environmentName: string): string {
  return `switchback-${environmentName}`;
}
