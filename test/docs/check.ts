import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from '../../apps/config/config.js';
import { blocksOf, type Block, type Page } from './blocks.js';
import { commandLines, faultOfCommand } from './commands.js';
import type { Project } from './modules.js';

const drawn = ['docs/states.md', 'docs/architecture.md'];

type Check = (block: Block, project: Project) => Promise<string[]>;

/** How a block of each language is checked. A language that is not here fails. */
const checks: Readonly<Record<string, Check>> = {
  ts: async (block, project) => {
    const fault = await project.evaluate(block);
    return fault === undefined ? [] : [fault];
  },
  sh: checkCommands,
  bash: checkCommands,
  json: async ({ text }) => {
    const fault = await faultOfJson(text);
    return fault === undefined ? [] : [fault];
  },
  // What a terminal showed, or a drawing: nothing to run.
  text: () => Promise.resolve([]),
  // Compared with the code by a test of the page's own: states.test.ts and architecture.test.ts.
  mermaid: ({ page }) => Promise.resolve(drawn.includes(page) ? [] : ['nobody compares this drawing']),
};

/** Everything that is wrong with the blocks of some pages, each with its place. */
export async function faultsOf(pages: readonly Page[], project: Project): Promise<string[]> {
  const blocks = pages.flatMap(blocksOf);
  const faults: string[] = [];
  const compiled = await project.compile(blocks.filter(({ language }) => language === 'ts'));
  for (const [block, fault] of compiled) faults.push(at(block, fault));
  for (const block of blocks) {
    const check = Object.hasOwn(checks, block.language) ? checks[block.language] : undefined;
    const found = check
      ? await check(block, project)
      : [
          `nobody knows how to check ${block.language || 'a fence without a language'}; use one of ${Object.keys(checks).join(', ')}`,
        ];
    faults.push(...found.map((fault) => at(block, fault)));
  }
  return faults;
}

function at({ page, line }: Block, fault: string): string {
  return `${page}:${line}: ${fault}`;
}

async function checkCommands({ text }: Block): Promise<string[]> {
  const faults: string[] = [];
  for (const line of commandLines(text)) {
    const fault = await faultOfCommand(line);
    if (fault !== undefined) faults.push(`${line}: ${fault}`);
  }
  return faults;
}

/** It has to parse; a configuration also has to be one. */
async function faultOfJson(text: string): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'switchback-docs-json-'));
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== 'object' || value === null || !('environments' in value)) return undefined;
    const file = join(directory, 'switchback.config.json');
    await writeFile(file, text);
    await readConfiguration(file);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
