import { readFile } from 'node:fs/promises';
import { canonicalJson, type Json, type JsonObject } from '../../../src/engine/base/json.js';

/**
 * Every member of every flag in a flagd file, by its name (`flag split-name: targeting`), and what stands beside the
 * flags: comparable with `differingObjects`. A rollout owns the targeting of one flag, and has to leave the rest alone.
 *
 * @throws when there is no such file, or it is not JSON
 */
export async function snapshotFlags(file: string): Promise<Readonly<Record<string, string>>> {
  const { flags = {}, ...rest } = JSON.parse(await readFile(file, 'utf8')) as { flags?: JsonObject };
  const members = Object.entries(flags).flatMap(([flag, value]) =>
    Object.entries(isObject(value) ? value : { value }).map(
      ([member, content]) => [`flag ${flag}: ${member}`, canonicalJson(content)] as const,
    ),
  );
  const beside = Object.entries(rest as JsonObject).map(
    ([member, content]) => [`flags: ${member}`, canonicalJson(content)] as const,
  );
  return Object.fromEntries([...members, ...beside]);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
