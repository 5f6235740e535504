import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root, type Block } from './blocks.js';
import { openProject, type Project } from './modules.js';

/** What an editor shows beside a public constructor. */
interface Example {
  readonly of: string;
  readonly text: string;
}

const places = [
  'src/steps',
  'src/engine/plan/runbook.ts',
  'activities/adapter/define.ts',
  'src/testing/contract.ts',
  'apps/testing/drill.ts',
];

/** What the examples take for granted: names of a page that an author has open. Exported, so that none is unused. */
const given = `
import * as s from 'switchback-rollouts';
import { defineAdapter } from 'switchback-rollouts/adapter';
import { adapterContract, drill, type ContractStage } from 'switchback-rollouts/testing';
import { z } from 'zod';
export { adapterContract, defineAdapter, drill, z };
export const { act, action, addColumns, approve, askOnFailure, backfill, errorRate, expose, keepInSync } = s;
export const { latency, purgeColumns, retireColumns, runbook, verifyParity, watch } = s;
export const shapes = { db: 'shop', table: 'customer', key: 'id', forward: { a: 'b' }, back: { b: 'a' } };
export declare const splitCustomerName: s.Runbook;
export declare const stageOfResize: () => Promise<ContractStage>;
export declare const consumersOf: (url: string, name: string, signal: AbortSignal) => Promise<{ consumers: number }>;
export declare const setConsumers: (
  url: string,
  name: string,
  to: { consumers: number },
  signal: AbortSignal,
) => Promise<void>;
`;

/** The action that other examples use. */
const resize =
  "export const resize = action('queue.resize', z.object({ consumers: z.number().int().min(1) }));";

let project: Project;
let sources: readonly string[];

beforeAll(async () => {
  project = await openProject();
  const files = await Promise.all(
    places.map(async (place) =>
      place.endsWith('.ts') ? [place] : (await readdir(join(root, place))).map((name) => join(place, name)),
    ),
  );
  const named = files.flat().filter((file) => file.endsWith('.ts'));
  sources = await Promise.all(named.map((file) => readFile(join(root, file), 'utf8')));
});
afterAll(() => project.remove());

it('every public constructor has an example', () => {
  const examples = new Set(sources.flatMap(examplesOf).map(({ of }) => of));
  const constructors = sources.flatMap((text) =>
    [...text.matchAll(/^export function (\w+)/gm)].map(([, name = '']) => name),
  );
  const helpers = ['tableTarget', 'isRunbook', 'isDefinedAdapter', 'work'];
  expect(constructors.filter((name) => !examples.has(name) && !helpers.includes(name))).toEqual([]);
});

it('the examples compile', async () => {
  const blocks = sources.flatMap(examplesOf).map(({ of, text }) => blockOf(of, text));
  expect(blocks.length).toBeGreaterThan(13);
  expect([...(await project.compile(blocks))].map(([{ page }, fault]) => `${page}: ${fault}`)).toEqual([]);
});

it('an example that does not compile is told of', async () => {
  const wrong = blockOf('watch', "watch('canary', { fo: '30m' });");
  expect([...(await project.compile([wrong])).keys()]).toEqual([wrong]);
});

function examplesOf(source: string): Example[] {
  const found = source.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*?@example\n(?:(?!\*\/)[\s\S])*?)\*\/\nexport function (\w+)/g,
  );
  return [...found].map(([, comment = '', of = '']) => ({
    of,
    text: (comment.split('@example\n')[1] ?? '').replaceAll(/^ \* ?/gm, '').trim(),
  }));
}

function blockOf(of: string, example: string): Block {
  const text = [given, of === 'action' ? '' : resize, example.replace(/^const /m, 'export const ')].join(
    '\n',
  );
  return { page: of, line: 1, language: 'ts', text };
}
