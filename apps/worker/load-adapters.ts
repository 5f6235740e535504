import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Adapter } from '../../src/protocol/adapter.js';
import { openAdapter } from '../../activities/adapter/adapter.js';
import type { BookStore } from '../../activities/adapter/book-store.js';
import { isDefinedAdapter } from '../../activities/adapter/define.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import { reveal, type Environment } from '../config/config.js';
import { isModule, loadDefault } from '../config/load-module.js';

type Settings = Environment['adapters'][string]['settings'];

/** First parts of our own actions' kinds, and the kinds of our own targets. */
const ours = new Set(['postgres', 'flags', 'table', 'flag']);

/**
 * A team's own adapters, as the environment's configuration names them.
 *
 * @param config path of the configuration file, from which modules are reached
 * @param books where is written down what they do
 * @throws Refusal that names the adapter, what is wrong with it, and the fix
 */
export async function loadAdapters(
  environment: Environment,
  config: string,
  books: BookStore,
): Promise<Adapter[]> {
  return Promise.all(
    Object.entries(environment.adapters).map(([name, { module, settings }]) => {
      if (ours.has(name)) {
        throw new Refusal(`adapter ${name}`, 'has a name that Switchback uses itself', 'give it another');
      }
      return load(name, resolve(dirname(resolve(config)), module), settings, books);
    }),
  );
}

async function load(name: string, path: string, settings: Settings, books: BookStore): Promise<Adapter> {
  const thing = `adapter ${name}: ${path}`;
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || !isModule(path)) {
    const rule = found?.isFile() ? 'is neither TypeScript nor JavaScript' : 'is no file';
    throw new Refusal(thing, rule, 'name a .ts or .js file, relative to the configuration file');
  }
  const definition = await loadDefault(thing, path, isDefinedAdapter);
  if (!definition) {
    const rule = 'is no adapter: its default export does not come from defineAdapter({ ... })';
    throw new Refusal(thing, rule, 'write: export default defineAdapter({ name, settings, state, ... })');
  }
  if (definition.name !== name) {
    throw new Refusal(thing, `is the adapter ${definition.name}`, `configure it as ${definition.name}`);
  }
  return openAdapter(definition, { settings: revealAll(settings), books });
}

function revealAll(settings: Settings): JsonObject {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, isSecret(value) ? reveal(value) : value]),
  );
}

/** `{ "env": "NAME" }`, as for every other secret of a configuration. */
function isSecret(value: Settings[string]): value is { env: string } {
  if (typeof value !== 'object' || value === null || !('env' in value)) return false;
  return typeof value.env === 'string' && Object.keys(value).length === 1;
}
