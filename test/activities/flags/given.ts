import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Adapter, Work } from '../../../src/protocol/adapter.js';
import { createFlagsAdapter, type FlagsOptions } from '../../../activities/flags/adapter.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Act } from '../../../src/engine/plan/plan.js';
import type { Capture, EffectKey } from '../../../src/engine/state/values.js';

/** A directory that is removed after the test. */
export async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'switchback-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export const flagdFile = `{
  "$schema": "https://flagd.dev/schema/v0/flags.json",
  "$evaluators": { "team": { "in": ["@shop", { "var": "email" }] } },
  "metadata": { "version": 12345678901234567890, "flagSetId": "shop" },
  "flags": {
    "split-name": {
      "state": "ENABLED",
      "variants": { "on": true, "off": false },
      "defaultVariant": "off",
      "ours": 1.0
    },
    "2": { "state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off" },
    "1": { "state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off",
           "targeting": {"if": [{"$ref": "team"}, "on", "off"]} }
  }
}
`;

export const rollout = 'rollout/local/split-customer-name/2026-11-23';

/** An act that exposes a flag. */
export function exposing(percent: number, input: JsonObject = {}, flag = 'split-name'): Act {
  return {
    type: 'act',
    id: `expose/${flag}/${percent}`,
    why: 'test',
    verify: 'test',
    target: `flag:${flag}`,
    do: {
      kind: 'flags.expose',
      input: { store: 'shop', flag, percent, candidate: 'on', baseline: 'off', ...input },
    },
    undo: { type: 'restore' },
    exposure: { percent, drain: 0 },
  };
}

export function keyOf(act: Act, epoch = 0, of = rollout): EffectKey {
  return { rollout: of, step: act.id, epoch };
}

export function quietWork(): Work {
  return { signal: new AbortController().signal, heartbeat: () => undefined };
}

/** A flag file with its adapter, and the verbs in a test's words. */
export class FlagFile {
  readonly adapter: Adapter;
  readonly work = quietWork();

  constructor(
    readonly file: string,
    options: Omit<FlagsOptions, 'stores'> & { observe?: FlagsOptions['stores'][string]['observe'] } = {},
  ) {
    const { observe, ...more } = options;
    this.adapter = createFlagsAdapter({ ...more, stores: { shop: { file, ...(observe && { observe }) } } });
  }

  text = () => readFile(this.file, 'utf8');
  write = (text: string) => writeFile(this.file, text);
  replace = async (from: string | RegExp, to: string) => {
    const text = await this.text();
    // What is replaced may be equal to what it becomes: only its absence is a fault of the test.
    const found = typeof from === 'string' ? text.includes(from) : from.test(text);
    if (!found) throw new Error(`${from} is not in the file`);
    await this.write(text.replace(from, to));
  };
  apply = (act: Act, key = keyOf(act)) => this.adapter.apply(act, key, this.work);
  read = (act = exposing(0)) => this.adapter.read(act, this.work);
  restore = (act: Act, capture: Capture, key = keyOf(act)) =>
    this.adapter.restore(act, capture, key, this.work);
  verify = (act: Act, capture: Capture) => this.adapter.verify([act], capture, keyOf(act), this.work);
  observe = (act: Act, capture: Capture) => this.adapter.observe!(act, capture, this.work);
  capture = async (act = exposing(0)): Promise<Capture> => {
    return { target: act.target, at: Date.now(), state: await this.read(act) };
  };
  percent = async () => (await this.read())['percent'];
}

export async function aFlagFile(
  text = flagdFile,
  options: ConstructorParameters<typeof FlagFile>[1] = {},
): Promise<FlagFile> {
  const given = new FlagFile(join(await aDirectory(), 'flags.json'), options);
  await given.write(text);
  return given;
}
