import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../../src/engine/base/errors.js';
import { sections, type Environment } from './environment.js';
import { faultsOf } from './environment-faults.js';
import { members, type secret } from './settings.js';

const environment = sections.superRefine((given, context) => {
  for (const { message, path } of faultsOf(given)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

const configuration = members({ environments: z.record(z.string(), environment) });

export type { Environment };
export type Configuration = z.output<typeof configuration>;

/** Reads a configuration file. Throws `Refusal` that names file, member and fix. */
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

/** The url of an environment's records; undefined when they are a directory, which somebody has to serve. */
export function recordsUrlOf({ records }: Pick<Environment, 'records'>): string | undefined {
  return typeof records === 'string' ? undefined : reveal(records.url);
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
