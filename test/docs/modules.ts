import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRunbook } from '../../src/engine/runbook.js';
import { root, type Block } from './blocks.js';

/** A directory that stands where an author's project would: the package and zod are installed, nothing else is. */
export interface Project {
  /** What the compiler says of the blocks, by block; none when all is well. */
  compile(blocks: readonly Block[]): Promise<ReadonlyMap<Block, string>>;
  /** Loads a block and evaluates its runbook, if it has one; answers what is wrong. */
  evaluate(block: Block): Promise<string | undefined>;
  remove(): Promise<void>;
}

export async function openProject(): Promise<Project> {
  const directory = await mkdtemp(join(tmpdir(), 'switchback-docs-'));
  const modules = join(directory, 'node_modules');
  await mkdir(modules);
  await symlink(root, join(modules, 'switchback-rollouts'));
  await symlink(join(root, 'node_modules/zod'), join(modules, 'zod'));
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }\n');
  let written = 0;

  const write = async (block: Block): Promise<string> => {
    const name = `block-${written++}.ts`;
    await writeFile(join(directory, name), `${block.text}\n`);
    return name;
  };

  return {
    async compile(blocks) {
      if (blocks.length === 0) return new Map();
      const names = await Promise.all(blocks.map(write));
      await writeFile(join(directory, 'tsconfig.json'), JSON.stringify({ ...tsconfig, files: names }));
      const output = await tsc(directory);
      const faults = new Map<Block, string>();
      for (const [index, block] of blocks.entries()) {
        const lines = output.split('\n').filter((line) => line.startsWith(`${names[index]}(`));
        if (lines.length > 0) faults.set(block, lines.join('\n'));
      }
      const elsewhere = output
        .split('\n')
        .find((line) => /error TS/.test(line) && !line.startsWith('block-'));
      if (elsewhere !== undefined) throw new Error(`the compiler stumbled over something else: ${elsewhere}`);
      return faults;
    },

    async evaluate(block) {
      const file = join(directory, await write(block));
      try {
        const loaded = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default?: unknown };
        if (loaded.default === undefined) return undefined;
        if (!isRunbook(loaded.default)) return 'its default export is no runbook';
        loaded.default.evaluate({});
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },

    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

const tsconfig = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: { composite: false, noEmit: true, rootDir: '/', types: [] },
};

function tsc(directory: string): Promise<string> {
  return new Promise((resolve) => {
    const program = join(root, 'node_modules/.bin/tsc');
    execFile(program, ['-p', '.', '--pretty', 'false'], { cwd: directory }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}
