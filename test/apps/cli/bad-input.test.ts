import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/engine/plan/plan.js';
import { freePorts } from '../../../apps/local/ports.js';
import { switchback, type ConsoleOptions } from './console.js';
import { askingPlan, scratch } from './plans.js';

const runbook = 'runbooks/split-customer-name.ts';
let files: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => (files = await scratch()));
afterAll(() => files.remove());

/** One clear message on stderr, nothing on stdout. */
async function expectRefused(
  args: readonly string[],
  code: number,
  message: RegExp | string,
  options?: ConsoleOptions,
): Promise<void> {
  const ran = await switchback(args, options);
  expect(ran.stderr).toMatch(message);
  expect(ran.stderr).not.toMatch(/\n\s+at /);
  expect([ran.code, ran.stdout]).toEqual([code, '']);
}

describe('usage (2)', () => {
  it.each<[string[], RegExp]>([
    [['strat'], /unknown command 'strat'\n\(Did you mean start\?\)/],
    [['plan', runbook, '--parm', 'a=b'], /unknown option '--parm'\n\(Did you mean --param\?\)/],
    [['plan'], /missing required argument 'runbook'/],
    [['plan', runbook, '-o', 'yaml'], /Allowed choices are text, json/],
    [['reject', 'k', '--as', 'ana'], /required option '--reason <text>' not specified/],
    [['approve', 'k'], /required option '--as <name>' not specified/],
    [['answer', 'k', 'maybe', '--as', 'ana'], /Allowed choices are wait, roll-back/],
    [['pause', 'k', '--as', 'ana'], /required option '--reason <text>' not specified/],
    [['skip', 'k', '--as', 'ana'], /required option '--reason <text>' not specified/],
    [['halt', 'k', '--as', 'ana'], /required option '--reason <text>' not specified/],
    [['halt', 'k', '--as', 'ana', '--reason', ' '], /Say why in a few words/],
    [['resume', 'k'], /required option '--as <name>' not specified/],
    [['extend', 'k', '--as', 'ana', '--reason', 'x'], /required option '--for <duration>' not specified/],
    [['extend', 'k', '--as', 'ana', '--reason', 'x', '--for', '30'], /such as 30m/],
    [['extend', 'k', '--as', 'ana', '--reason', 'x', '--for', '0s'], /such as 30m/],
    [['retry', 'k', '--as', 'ana', '--key', ''], /Give 1 to 200 characters/],
    [['abort', 'k', '--as', 'ana', '--reason', 'x', '--key', 'k'.repeat(201)], /Give 1 to 200 characters/],
    [['advance', '--as', 'ana'], /missing required argument 'rollout'/],
    [['stop', '--as', 'ana', '--reason', 'x'], /required option '--env <name>' not specified/],
    [['stop', '--env', 'e', '--as', 'ana'], /required option '--reason <text>' not specified/],
    [
      ['stop', '--env', 'e', '--as', 'ana', '--reason', 'x', '--lift', '--exposure-to-zero'],
      /'--lift' cannot be used with '--exposure-to-zero'/,
    ],
    [['locks', 'take-over', '--as', 'ana', '--reason', 'x'], /missing required argument 'rollout'/],
    [['locks', 'take-over', 'k', '--as', 'ana'], /required option '--reason <text>' not specified/],
    [['worker', '--env', 'e', '--cached', '0'], /Use a whole number from 1/],
    [['locks', 'takeover', 'k'], /too many arguments|unknown command/],
    [['list', '--address', 'localhost'], /Write it as host:port/],
    [['help', 'everything'], /unknown topic 'everything'/],
    [[], /Usage: switchback/],
  ])('%j', (args, message) => expectRefused(args, 2, message));
});

describe('a runbook (3)', () => {
  it('that does not exist, naming those there are', () =>
    expectRefused(
      ['plan', 'runbooks/split.ts'],
      3,
      /^runbook runbooks\/split\.ts: does not exist; in runbooks .*split-customer-name\.ts/,
    ));

  it('that is a directory', () => expectRefused(['plan', 'runbooks'], 3, /^runbook runbooks: is no file/));

  it('of another kind of file', async () => {
    const file = await files.write('runbook.yaml', 'name: x');
    await expectRefused(['plan', file], 3, /is neither TypeScript, JavaScript nor a JSON plan/);
  });

  it.each([
    ['export default { name: "x" };', /is none: its default export does not come from runbook/],
    ['export const x = 1;', /is none/],
    ['export default (;', /cannot be loaded: /],
    ['throw new Error("no such thing");', /cannot be loaded: no such thing; fix the file/],
    ['import "no-such-package-anywhere";', /no-such-package-anywhere/],
  ])('that is none: %s', async (source, message) => {
    for (const name of ['none.ts', 'none.mjs']) {
      const file = await files.write(`${Math.random()}-${name}`, source);
      await expectRefused(['plan', file], 3, message);
    }
  });

  it('with parameters that do not parse, are unknown, or are no parameters', async () => {
    await expectRefused(
      ['plan', runbook, '--param', 'canary=5,25'],
      3,
      /^parameter canary of runbook split-customer-name: /,
    );
    await expectRefused(
      ['plan', runbook, '--param', 'soakFor=long'],
      3,
      /soakFor.*must be a duration such as/,
    );
    await expectRefused(
      ['plan', runbook, '--param', 'sokFor=1h'],
      3,
      /parameter sokFor .* is unknown; use one of canary/,
    );
    await expectRefused(['plan', runbook, '--param', 'soakFor'], 3, /write it as --param name=value/);
  });

  it('whose parameters make a plan that breaks a rule', () =>
    expectRefused(
      ['plan', runbook, '--param', 'canary=[25,5]'],
      3,
      /canary step expose\/split-name\/5: .*does not rise/,
    ));
});

describe('a plan file (3)', () => {
  const plan = askingPlan();
  const without = <K extends keyof Plan>(key: K) => {
    const { [key]: _left, ...rest } = plan;
    return rest;
  };

  it.each<[string, string | object, RegExp]>([
    ['is not JSON', '{\n  "format": 1,\n  oops\n}', /is not JSON: line 3, column 3 has "oops/],
    ['ends too early', '{"format": 1', /is not JSON: line 1, column 13 has the end of the file/],
    ['is no object', '[]', /is no JSON object/],
    ['lacks a member', without('owner'), /plan \S+: owner: is missing; add it/],
    ['has one too many', { ...plan, colour: 'red' }, /colour: is unknown/],
    [
      'breaks a rule',
      { ...plan, scope: ['thing:two'] },
      /step act\/prepare: touches thing:one, which is outside scope/,
    ],
    ['was changed', { ...plan, why: 'else', digest: 'a'.repeat(64) }, /was changed after it was made/],
  ])('that %s', async (_, content, message) => {
    const file = await files.write(`${Math.random()}.json`, content);
    await expectRefused(['plan', file], 3, message);
    await expectRefused(['start', file, '--address', '127.0.0.1:1'], 3, message);
  });

  it('with parameters', async () => {
    const file = await files.write('given.json', plan);
    await expectRefused(
      ['plan', file, '--param', 'a=1'],
      3,
      /parameter a: cannot change .* a plan has its parameters/,
    );
  });
});

describe('a server (4)', () => {
  it('that nobody named', () =>
    expectRefused(['list'], 4, /no Temporal server is known: start a local stack with "switchback dev"/));

  it.each<[string, (address: string) => { args: string[]; env: NodeJS.ProcessEnv }]>([
    ['--address', (address) => ({ args: ['--address', address], env: {} })],
    ['TEMPORAL_ADDRESS', (address) => ({ args: [], env: { TEMPORAL_ADDRESS: address } })],
  ])('that does not run, named by %s', async (origin, use) => {
    const [port] = await freePorts(1);
    const { args, env } = use(`127.0.0.1:${port}`);
    await expectRefused(
      ['list', ...args],
      4,
      new RegExp(`Temporal at 127\\.0\\.0\\.1:${port} \\(.*${origin}\\) cannot be reached`),
      { env },
    );
  });

  it('that is none', async () => {
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      await expectRefused(['list', '--address', `127.0.0.1:${port}`], 4, /cannot be reached/);
    } finally {
      server.close();
    }
  });

  it('in the state file of a stack that is gone', async () => {
    const [port] = await freePorts(1);
    const state = {
      format: 1,
      startedAt: new Date().toISOString(),
      temporal: { address: `127.0.0.1:${port}` },
      owner: { pid: 1 },
    };
    const file = await files.write('stack.json', state);
    await expectRefused(
      ['list'],
      4,
      /from the local stack's .*stack\.json\) cannot be reached.*switchback dev/,
      {
        env: { SWITCHBACK_STATE: file },
      },
    );
  });

  it('in a state file that is none', async () => {
    const file = await files.write('broken.json', '{');
    await expectRefused(['list'], 4, /broken\.json/, { env: { SWITCHBACK_STATE: file } });
  });
});

it("Temporal's own configuration, broken", async () => {
  const file = await files.write('temporal.toml', '[profile.default');
  await expectRefused(['list'], 3, /Temporal's client configuration: cannot be used/, {
    env: { TEMPORAL_CONFIG_FILE: file },
  });
});
