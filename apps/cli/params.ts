import { Refusal } from '../../src/engine/base/errors.js';
import type { Json, JsonObject } from '../../src/engine/base/json.js';

/**
 * The parameters of `--param name=value`, each given once. A value that is JSON counts as that (`5`, `true`,
 * `[5,25]`, `"5"`), any other as text (`30m`, `5,25`).
 *
 * @throws Refusal for what has no name or comes twice
 */
export function parseParams(given: readonly string[]): JsonObject {
  const params = new Map<string, Json>();
  for (const text of given) {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(equals, 0)).trim();
    if (name === '') {
      throw new Refusal(`--param ${text}`, 'has no name and value', 'write it as --param name=value');
    }
    if (params.has(name)) {
      throw new Refusal(`--param ${name}`, 'is given twice', 'give it once; a list is [1,2]');
    }
    params.set(name, valueOf(text.slice(equals + 1)));
  }
  return Object.fromEntries(params);
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
