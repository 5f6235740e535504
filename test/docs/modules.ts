import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDefinedAdapter } from '../../activities/adapter/define.js';
import { isRunbook } from '../../src/engine/plan/runbook.js';
import { root, type Block } from './blocks.js';

/**
 * A directory that stands where an author's project would: the package, zod and vitest are installed, nothing else is.
 * A block whose first line is a comment with a file's name is that file, for other blocks to import.
 */
export interface Project {
  /** What the compiler says of the blocks, by block; none when all is well. */
  compile(blocks: readonly Block[]): Promise<ReadonlyMap<Block, string>>;
  /** Loads a block and evaluates its runbook, if it has one, or runs its tests; answers what is wrong. */
  evaluate(block: Block): Promise<string | undefined>;
  remove(): Promise<void>;
}

export async function openProject(): Promise<Project> {
  const directory = await mkdtemp(join(tmpdir(), 'switchback-docs-'));
  const modules = join(directory, 'node_modules');
  await mkdir(modules);
  await symlink(root, join(modules, 'switchback-rollouts'));
  for (const name of ['zod', 'vitest', '@types']) {
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }\n');
  let written = 0;

  const write = async (block: Block): Promise<string> => {
    const name = nameIn(block) ?? `block-${written++}.ts`;
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), `${block.text}\n`);
    return name;
  };

  return {
    async compile(blocks) {
      if (blocks.length === 0) return new Map();
      const names = new Map<Block, string>();
      for (const block of blocks) names.set(block, await write(block));
      const output = (
        await Promise.all(
          [false, true].map(async (node) => {
            const files = [...names].filter(([block]) => needsNode(block) === node).map(([, name]) => name);
            return files.length === 0 ? '' : compile(directory, files, node);
          }),
        )
      ).join('\n');
      const faults = new Map<Block, string>();
      for (const [block, name] of names) {
        const lines = output.split('\n').filter((line) => line.startsWith(`${name}(`));
        if (lines.length > 0) faults.set(block, [...new Set(lines)].join('\n'));
      }
      const elsewhere = output
        .split('\n')
        .find(
          (line) => /error TS/.test(line) && ![...names.values()].some((name) => line.startsWith(`${name}(`)),
        );
      if (elsewhere !== undefined) throw new Error(`the compiler stumbled over something else: ${elsewhere}`);
      return faults;
    },

    async evaluate(block) {
      const name = await write(block);
      const file = join(directory, name);
      if (name.endsWith('.test.ts')) return faultOfTests(directory, name);
      try {
        const loaded = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default?: unknown };
        if (loaded.default === undefined || isDefinedAdapter(loaded.default)) return undefined;
        if (!isRunbook(loaded.default)) return 'its default export is no runbook and no adapter';
        loaded.default.evaluate({});
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },

    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The file that a block says it is. */
function nameIn({ text }: Block): string | undefined {
  return /^\/\/ ([\w/-]+(?:\.test)?\.ts)$/m.exec(text.split('\n')[0] ?? '')?.[1];
}

/** What runs in a worker or a test may use node; a runbook may not. */
function needsNode({ text }: Block): boolean {
  return /from 'switchback-rollouts\/(adapter|testing)'/.test(text);
}

async function compile(directory: string, files: readonly string[], node: boolean): Promise<string> {
  const config = node ? 'tsconfig.node.json' : 'tsconfig.json';
  const compilerOptions = { composite: false, noEmit: true, rootDir: '/', types: node ? ['node'] : [] };
  const tsconfig = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files };
  await writeFile(join(directory, config), JSON.stringify(tsconfig));
  const { output } = await run('tsc', ['-p', config, '--pretty', 'false'], directory);
  return output;
}

/** Runs a block's tests as its author would. */
async function faultOfTests(directory: string, name: string): Promise<string | undefined> {
  const config = 'vitest.config.mjs';
  await writeFile(
    join(directory, config),
    "export default { ssr: { resolve: { conditions: ['source'] } } };\n",
  );
  const { ended, output } = await run('vitest', ['run', '--config', config, name], directory);
  return ended ? undefined : output;
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ ended: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(join(root, 'node_modules/.bin', program), args, { cwd }, (error, stdout, stderr) =>
      resolve({ ended: error === null, output: `${stdout}\n${stderr}` }),
    );
  });
}
