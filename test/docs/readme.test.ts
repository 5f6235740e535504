import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoParams, scenarioNames } from '../../demo/run/scenarios.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { stepsOf } from '../../src/engine/plan/plan.js';
import { readPages, root, type Page } from './blocks.js';
import { faultsOf } from './check.js';
import { commandLines, runElsewhere } from './commands.js';
import { openProject, type Project } from './modules.js';

const longestCell = 300;

/** The cells of the tables of a page. */
function cellsOf(text: string): string[] {
  const rows = text.split('\n').filter((line) => /^\|.*\|$/.test(line) && !/^\|[-\s|:]+$/.test(line));
  return rows.flatMap((row) => row.slice(1, -1).split('|')).map((cell) => cell.trim());
}

let pages: Page[];
let readme: string;
let project: Project;
beforeAll(async () => {
  pages = await readPages();
  readme = pages.find(({ path }) => path === 'README.md')?.text ?? '';
  project = await openProject();
});
afterAll(() => project.remove());

describe('the pages', () => {
  it('have blocks that compile, evaluate, parse or run', async () => {
    expect(await faultsOf(pages, project)).toEqual([]);
  });

  it('have no table cell that neither a terminal nor a diff can show', () => {
    const cells = pages.flatMap(({ path, text }) => cellsOf(text).map((cell) => ({ path, cell })));
    expect(cells.length).toBeGreaterThan(100);
    expect(cells.filter(({ cell }) => cell.length > longestCell)).toEqual([]);
    expect(cellsOf(`| a | ${'x'.repeat(longestCell + 1)} |`).at(-1)).toHaveLength(longestCell + 1);
  });

  it('link only to files that are there', async () => {
    const links = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, to = '']) => ({ path, to })),
    );
    expect(links.length).toBeGreaterThan(20);
    const dead = await Promise.all(
      links.map(({ path, to }) =>
        stat(join(root, dirname(path), to)).then(
          () => [],
          () => [`${path}: ${to}`],
        ),
      ),
    );
    expect(dead.flat()).toEqual([]);
  });

  it('name what is run elsewhere only where it is run', async () => {
    const release = await readFile(join(root, '.ci/run'), 'utf8');
    for (const command of ['npm ci', 'npm run demo', 'npm test', 'npm run check:static'])
      expect(release).toContain(command);
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts.check).toBe('npm run check:static && npm test');
  });
});

describe('the README', () => {
  it('gives the two commands first', () => {
    const first = [...readme.matchAll(/```sh\n([^`]*)```/g)].map(([, text = '']) => text);
    expect(first[0]?.trim()).toBe('npm ci && npm run demo');
    expect(first.flatMap(commandLines)).toEqual(
      expect.arrayContaining(Object.keys(runElsewhere).filter((command) => command !== 'npm run check')),
    );
  });

  it('shows the steps that the demo has, and names each scenario', () => {
    const steps = stepsOf(splitCustomerName.evaluate(demoParams)).map(({ step }) => step.id);
    const tree = /```text\n( split-customer-name in local[^`]*)```/.exec(readme)?.[1] ?? '';
    const shown = [...tree.matchAll(/^ {3}\S ([a-z-]+\/\S+)/gm)].map(([, id]) => id);
    expect(shown).toEqual(steps);
    for (const name of scenarioNames) expect(readme).toContain(`| \`${name}\``);
  });
});

it('quotes refusals of plans in the words of the engine', async () => {
  const page = pages.find(({ path }) => path === 'docs/runbooks.md')?.text ?? '';
  const rows = (page.split('## What a plan is refused for')[1] ?? '')
    .split('\n')
    .filter((line) => /^\| [a-z]/.test(line));
  expect(rows.length).toBeGreaterThan(12);
  const engine = join(root, 'src/engine/plan');
  const rules = (await readdir(join(engine, 'rules'))).map((name) => join('rules', name));
  const files = [...rules, 'runbook.ts', 'shape.ts'].map((name) => join(engine, name));
  const source = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  const quoted = rows.slice(1).flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));
  const unknown = quoted.flatMap((text) => text.split('…')).filter((part) => !source.includes(part.trim()));
  expect(unknown).toEqual([]);
});

describe('the checker refuses', () => {
  const fence = (language: string, text: string): Page => ({
    path: 'page.md',
    text: `# A page\n\n\`\`\`${language}\n${text}\n\`\`\`\n`,
  });
  const minimal = (steps: string) =>
    `import { expose, runbook, watch } from 'switchback-rollouts';
import { z } from 'zod';
export default runbook({
  name: 'a', owner: 'o', why: 'w', hypothesis: 'h', params: z.object({}),
  plan: () => ({ scope: ['flag:f'], ${steps} }),
});
export const used = [expose, watch];`;

  const adapterOf = (read: string) =>
    `import { defineAdapter } from 'switchback-rollouts/adapter';
import { z } from 'zod';
export default defineAdapter({ name: 'a', settings: z.object({}), state: z.object({}), landsWithin: '1s', ${read}
  restore: async () => undefined,
  actions: { b: { input: z.object({}), shows: () => true, apply: async () => undefined } },
});`;

  it.each([
    ['an unknown command', 'sh', 'npx switchback aprove try --as ana', /unknown command 'aprove'/],
    ['an unknown option', 'sh', 'npx switchback status try --wach', /unknown option '--wach'/],
    ['an option that is missing', 'sh', 'npx switchback abort try --as ana', /required option '--reason/],
    ['an unknown choice', 'bash', 'npx switchback answer try maybe --as ana', /maybe.*is invalid/],
    ['a runbook that is not there', 'sh', 'npx switchback plan runbooks/none.ts', /does not exist/],
    [
      'a parameter that is not there',
      'sh',
      'npx switchback start runbooks/split-customer-name.ts --key a --param canry=[5]',
      /parameter canry .* is unknown/,
    ],
    ['an unknown scenario', 'sh', 'npm run demo -- --scenario ugly', /scenario ugly is unknown/],
    ['an unknown benchmark', 'sh', 'npm run bench -- speed', /Allowed choices are engine/],
    ["a word that Temporal's program does not know", 'sh', 'temporal workflow lst', /unknown command/],
    ['a program nobody can check', 'sh', 'curl localhost', /nobody knows how to check it/],
    [
      'a runbook that breaks a rule',
      'ts',
      minimal("canary: [expose('f', { percent: 5 })]"),
      /without a watch/,
    ],
    ['a misspelt phase', 'ts', minimal("canry: [watch('w', { for: '1s' })]"), /error TS/],
    ['an adapter that forgets to read', 'ts', adapterOf(''), /error TS.*read/s],
    [
      'a test that fails',
      'ts',
      "// planted.test.ts\nimport { expect, it } from 'vitest';\nit('fails', () => expect(1).toBe(2));",
      /expected 1 to be 2/,
    ],
    ['node in a runbook', 'ts', "import 'node:fs';\nexport const used = process.pid;", /error TS/],
    ['JSON that is none', 'json', '{ "a": 1, }', /JSON/],
    [
      'a configuration that is none',
      'json',
      '{ "environments": { "a": { "kind": "cloud" } } }',
      /environments\.a\.kind/,
    ],
    ['a language it does not know', 'yaml', 'a: 1', /nobody knows how to check yaml/],
    ['a fence without a language', '', 'anything', /a fence without a language/],
  ])('%s', async (_what, language, text, fault) => {
    const faults = await faultsOf([fence(language, text)], project);
    expect(faults.join('\n')).toMatch(fault);
    expect(faults[0]).toMatch(/^page\.md:3: /);
  });

  it('none of an adapter that is whole', async () => {
    expect(await faultsOf([fence('ts', adapterOf('read: async () => ({}),'))], project)).toEqual([]);
  });

  it('a fence that is never closed', async () => {
    const page = { path: 'page.md', text: 'a\n```sh\nnpm ci\n' };
    await expect(faultsOf([page], project)).rejects.toThrow('page.md:2: this fence is never closed');
  });
});
